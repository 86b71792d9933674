#include "workers/slepian/own_covariance.hpp"

#include <fmt/format.h>

#include <exception>

#include "workers/slepian/covariance_table.hpp"
#include "workers/slepian/persistency_report.hpp"

namespace reprise::slepian {
namespace {

/// Throws what says why there is none.
Model chosen(const CovarianceChoice& choice) {
  if (!choice.table.empty()) return read_covariance(choice.table);
  if (choice.family == Family::table) {
    const std::string problem = covariance_problem(choice.step, choice.values);
    if (!problem.empty()) throw std::invalid_argument(problem);
  }
  (void)covariance_of(choice);
  return choice;
}

/// What the verdict means for whoever has this covariance.
std::string advice(const Theory& theory) {
  const auto place =
      fmt::format("E0 rises by {:.2g} between neighbouring times near t = {:.3g} mean intervals",
                  theory.largest_rise, theory.rise_at);
  switch (theory.verdict) {
    case ValidityVerdict::divisor:
      return "V1: E0 falls everywhere. The approximation is the proper distribution of a geometric sum of "
             "divisors.";
    case ValidityVerdict::proper:
      return fmt::format(
          "V2: {} and there is no divisor, but the approximation's density and survival function are not "
          "negative (least density times mean interval {:.2g}).",
          place, theory.least_density);
    case ValidityVerdict::improper:
      return fmt::format(
          "V3: {}. The approximation is no distribution: its density times the mean interval falls to {:.3g} "
          "at t = {:.3g} mean intervals, its survival function to {:.3g}. Use the simulated distribution.",
          place, theory.least_density, theory.least_density_at, theory.least_survival);
  }
  return {};
}

void own(Run& run, const OwnJob& job) {
  const Model model = chosen(job.covariance);
  const auto all = study_models(run, {model}, job.study);
  publish_study(run, all, job.study);
  run.note(advice(all.front().theory));
  if (model.family == Family::table) {
    const SpectralDefect defect = spectral_defect(model.step, model.values);
    run.note(
        fmt::format("A quintic spline through {} values at a step of {:g}; {:.1e} of the spectrum is "
                    "negative and is taken as zero in simulated paths.",
                    model.values.size(), model.step, defect.share));
  }
  if (std::isnan(all.front().theory.exponent))
    run.note("E0 oscillates or decays more slowly than any exponential: the approximation has no exponent.");
}

}  // namespace

void validate(const OwnJob& job, const JobTable& table) {
  try {
    (void)chosen(job.covariance);
  } catch (const std::exception& refused) {
    table.require(false, "covariance", std::string("is not one that can be studied: ") + refused.what());
  }
}

Experiment own_experiment() {
  return experiment<OwnJob>("own", "A covariance of one's own",
                            "Validity, exponent and distribution of excursions for any covariance: a family "
                            "of the library with parameters, or a table of values.",
                            own);
}

}  // namespace reprise::slepian
