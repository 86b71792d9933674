#pragma once

#include <cstdint>

#include "kernels/random/philox.hpp"

namespace reprise::kde {

/// Sampling from the estimate itself (spec 2.12): x = y_1 + h z. What share of the kernel sum at x does the
/// generating point y_1 have? One half on average at h_C, and the step sharpens with d.
struct OwnWeightSetting {
  int dim = 100;
  double log_points = 50.0;
  double bandwidth = 1.0;
  double variance = 1.0;  ///< isotropic data
};

/// E[p_1 | y_1, z] of one draw of y_1 and z: the other points are averaged over by the theory at finite n and
/// d.
[[nodiscard]] double expected_own_weight(const OwnWeightSetting& setting, RandomKey key, std::uint64_t draw);

/// p_1 of one draw, with a data set simulated by its `nearest` nearest points.
[[nodiscard]] double simulated_own_weight(const OwnWeightSetting& setting, RandomKey key, std::uint64_t draw,
                                          double nearest = 500.0);

}  // namespace reprise::kde
