#include "workers/slepian/persistency_report.hpp"

#include "workers/slepian/persistency_figures.hpp"
#include "workers/slepian/persistency_tables.hpp"

namespace reprise::slepian {

void publish_study(Run& run, const std::vector<StudiedModel>& all, const PersistencyStudy& study) {
  run.publish(exponent_table(all, study));
  run.publish(approximation_table(all, study));
  run.publish(survival_table(all));
  run.publish(sign_figure(all));
  run.publish(survival_figure(all));
  run.publish(error_figure(all));
  run.publish(density_figure(all, DensityAxes::log_time));
  run.publish(density_figure(all, DensityAxes::log_density));
}

}  // namespace reprise::slepian
