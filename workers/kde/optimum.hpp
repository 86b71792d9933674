#pragma once

#include <cstdint>
#include <vector>

#include "kernels/statistics/moments.hpp"
#include "workers/kde/finite_size_curve.hpp"

namespace reprise::kde {

/// E6: the bandwidth of least divergence over the dimension, at the typical x.
struct OptimumOverDimension {
  std::vector<double> loads{0.5};
  std::vector<std::int32_t> dimensions{10, 20, 40, 80};
  std::int32_t data_sets = 1000;
  double nearest = 500.0;
};

constexpr auto fields(const OptimumOverDimension*) {
  using O = OptimumOverDimension;
  return std::tuple{field("loads", &O::loads, "loads alpha = log(n)/d"),
                    field("dimensions", &O::dimensions, "dimensions d, rising"),
                    field("data_sets", &O::data_sets, "simulated data sets, for each load and dimension"),
                    field("nearest", &O::nearest, "mean number of nearest points drawn for each")};
}

void validate(const OptimumOverDimension& job, const JobTable& table);

/// One load and dimension.
struct OptimumRow {
  double load = 0.0;
  std::int32_t dim = 0;
  double bandwidth = 0.0;               ///< h_opt by the theory at finite size; NaN when missing
  double limit = 0.0;                   ///< h_KL
  double condensation_bandwidth = 0.0;  ///< h_G^fd
  double participation = 0.0;           ///< E Y2 at h_opt
  Estimate simulated;                   ///< h_opt of simulated data sets
};
/// P5b: h_opt < h_G^fd at alpha <= 1/2.
[[nodiscard]] Finding judge_optimum_below_condensation(const std::vector<OptimumRow>& rows);
/// P5c: h_opt/h_KL falls with d.
[[nodiscard]] Finding judge_optimum_falls(const std::vector<OptimumRow>& rows);

/// The bandwidth at which log sums of data sets (columns: bandwidths) give the least divergence, with its
/// error by bootstrap over data sets.
[[nodiscard]] Estimate simulated_optimum(const std::vector<std::vector<double>>& log_sums,
                                         const std::vector<double>& bandwidths, double dim,
                                         std::uint64_t seed);

Experiment optimum_experiment();

}  // namespace reprise::kde
