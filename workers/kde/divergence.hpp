#pragma once

#include <vector>

#include "workers/kde/brute_force_study.hpp"

namespace reprise::kde {

/// E5: the Kullback-Leibler divergence of the estimate over the bandwidth.
struct Divergence {
  BruteForceStudy study;
};

constexpr auto fields(const Divergence*) {
  return std::tuple{field("study", &Divergence::study, "data sets measured by brute force")};
}

/// Place and value of the least measured divergence: the minimum of the polynomial in log h through the least
/// point and up to two neighbours on either side (the branches left and right differ too much for a
/// parabola); the least point itself at an end. NaN when nothing was measured.
struct LeastDivergence {
  double bandwidth = 0.0;
  double divergence = 0.0;
};
[[nodiscard]] LeastDivergence least_divergence(const MeasuredCase& measured);
[[nodiscard]] LeastDivergence least_divergence(const std::vector<double>& bandwidths,
                                               const std::vector<double>& values);

/// P5a: where the measured optimum of each (d, n) lies.
struct MeasuredOptimum {
  std::int32_t dim = 0;
  std::uint64_t points = 0;
  double bandwidth = 0.0;               ///< argmin; NaN when it was not measured
  double condensation_bandwidth = 0.0;  ///< h_G^fd
};
[[nodiscard]] Finding judge_optimum_phase(const std::vector<MeasuredOptimum>& optima);

Experiment divergence_experiment();

}  // namespace reprise::kde
