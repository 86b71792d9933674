#include "workers/kde/index_estimators.hpp"

#include <cmath>
#include <numbers>

#include "kernels/expects.hpp"
#include "kernels/statistics/moments.hpp"

namespace reprise::kde {

double neighbour_slope(std::span<const double> squared_distances, int k) {
  expects(k >= 2, "a slope needs at least two neighbours");
  const auto last = static_cast<std::size_t>(k);
  expects(squared_distances.size() > last, "a slope over k neighbours needs k + 1 distances");
  double sum = 0.0;
  for (std::size_t i = 0; i < last; ++i) {
    sum += squared_distances[last] - squared_distances[i];
  }
  return 2.0 * (k - 1) / sum;
}

double log_variance_index(std::span<const double> log_sums) {
  RunningMoments moments;
  for (const double value : log_sums) {
    moments.add(value);
  }
  return 1.0 / std::sqrt(1.0 + 6.0 * moments.variance() / (std::numbers::pi * std::numbers::pi));
}

}  // namespace reprise::kde
