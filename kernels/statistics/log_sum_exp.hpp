#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace reprise {

/// log sum_i exp(x_i), shifted by the maximum; -inf for no values.
[[nodiscard]] inline double log_sum_exp(std::span<const double> x) {
  if (x.empty()) {
    return -std::numeric_limits<double>::infinity();
  }
  const double top = *std::ranges::max_element(x);
  if (!std::isfinite(top)) {
    return top;
  }
  double sum = 0.0;
  for (const double value : x) {
    sum += std::exp(value - top);
  }
  return top + std::log(sum);
}

/// log(e^a + e^b).
[[nodiscard]] inline double log_add_exp(double a, double b) {
  const double top = std::max(a, b);
  return std::isfinite(top) ? top + std::log1p(std::exp(-std::abs(a - b))) : top;
}

}  // namespace reprise
