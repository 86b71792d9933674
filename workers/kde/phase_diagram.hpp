#pragma once

#include <cstdint>
#include <vector>

#include "workers/kde/brute_force_study.hpp"

namespace reprise::kde {

/// E1: the bandwidths that bound the phases, over the load alpha = log(n)/d.
struct PhaseDiagram {
  double lowest_load = 0.05;
  double highest_load = 2.5;
  std::int32_t loads = 40;
  std::vector<std::int32_t> power_law_dimensions{20, 1000};
  std::vector<double> power_law_exponents{0.5, 1.0, 2.0};
  BruteForceStudy study;
};

constexpr auto fields(const PhaseDiagram*) {
  using P = PhaseDiagram;
  return std::tuple{
      field("lowest_load", &P::lowest_load, "least load alpha = log(n)/d"),
      field("highest_load", &P::highest_load, "largest load"),
      field("loads", &P::loads, "number of loads"),
      field("power_law_dimensions", &P::power_law_dimensions, "dimensions of the power-law spectra"),
      field("power_law_exponents", &P::power_law_exponents, "their exponents"),
      field("study", &P::study, "data sets whose measured thresholds are drawn into the diagram")};
}

void validate(const PhaseDiagram& job, const JobTable& table);

/// Thresholds of one law of data at several loads.
struct ThresholdsInput {
  DataLaw law;
  std::vector<double> loads;
};

constexpr auto fields(const ThresholdsInput*) {
  return std::tuple{field("law", &ThresholdsInput::law, "law of the data"),
                    field("loads", &ThresholdsInput::loads, "loads alpha")};
}

/// [loads], at typical x and infinite d.
struct ThresholdCurves {
  std::vector<double> condensation, central_limit, divergence, second_moment, memorisation, least_squares;
  std::vector<double> edge, nearest_scale, least_divergence, divergence_at_condensation, index_at_optimum;
};

constexpr auto fields(const ThresholdCurves*) {
  using T = ThresholdCurves;
  return std::tuple{
      field("condensation", &T::condensation, "h_G", "sigma"),
      field("central_limit", &T::central_limit, "h_CLT", "sigma"),
      field("divergence", &T::divergence, "h_KL, of least divergence", "sigma"),
      field("second_moment", &T::second_moment, "h_2, where the second moment takes over", "sigma"),
      field("memorisation", &T::memorisation, "h_C", "sigma"),
      field("least_squares", &T::least_squares, "h_MISE; NaN but for isotropic data", "sigma"),
      field("edge", &T::edge, "lambda_*", "sigma^-2"),
      field("nearest_scale", &T::nearest_scale, "r_*, |x - y_nearest|^2/d", "sigma^2"),
      field("least_divergence", &T::least_divergence, "KL/d at h_KL", "nat"),
      field("divergence_at_condensation", &T::divergence_at_condensation, "KL/d at h_G", "nat"),
      field("index_at_optimum", &T::index_at_optimum, "mu at h_KL")};
}

ThresholdCurves threshold_curves(const ThresholdsInput& input, TaskContext& context);
double seconds(const ThresholdsInput& input);

inline const Task<ThresholdsInput, ThresholdCurves> kThresholds{
    "kde.thresholds", 1, threshold_curves, "bandwidths between the phases, at infinite d", seconds};

Experiment phase_diagram_experiment();

}  // namespace reprise::kde
