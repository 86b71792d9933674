#pragma once

#include <vector>

#include "workers/slepian/monte_carlo_settings.hpp"

namespace reprise::slepian {

/// E9: excursions above and below a level, and partial survival.
struct LevelsJob {
  std::vector<double> levels{0.5};
  std::vector<double> survivals{0.25, 0.5, 0.75};
  PathSettings paths;
};

constexpr auto fields(const LevelsJob*) {
  using L = LevelsJob;
  return std::tuple{field("levels", &L::levels, "levels u", "standard deviations"),
                    field("survivals", &L::survivals, "probabilities p with which a zero is survived"),
                    field("paths", &L::paths, "simulated paths")};
}
void validate(const LevelsJob& job, const JobTable& table);

Experiment levels_experiment();

}  // namespace reprise::slepian
