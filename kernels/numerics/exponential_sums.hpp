#pragma once

#include <span>

namespace reprise {

/// For x_i = exp(shift + exponent_i), with weights: vectorised, exact to a few units in the last place for x
/// in [1e-3, 700].
struct DepletionSums {
  double depletion = 0.0;  ///< sum_i weight_i (1 - exp(-x_i))
  double pairs = 0.0;      ///< sum_i weight_i x_i^2 exp(-x_i)
};
[[nodiscard]] DepletionSums depletion_sums(std::span<const double> exponent, std::span<const double> weight,
                                           double shift);

/// For w_i = exp(-precision (x_i - origin)); terms below e^-700 count as zero.
struct WeightSums {
  double sum = 0.0;
  double sum_of_squares = 0.0;
  double excess = 0.0;  ///< sum_i w_i (x_i - origin)
};
[[nodiscard]] WeightSums weight_sums(std::span<const double> x, double origin, double precision);

}  // namespace reprise
