#pragma once

#include <algorithm>
#include <cmath>

namespace reprise {

/// 1/(1 + e^-x), to a relative error of a few units in the last place on both sides.
[[nodiscard]] inline double sigmoid(double x) {
  if (x >= 0.0) {
    return 1.0 / (1.0 + std::exp(-x));
  }
  const double e = std::exp(x);
  return e / (1.0 + e);
}

/// log(1 + e^x) = -log sigmoid(-x).
[[nodiscard]] inline double softplus(double x) {
  return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
}

}  // namespace reprise
