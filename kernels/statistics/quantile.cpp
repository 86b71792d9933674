#include "kernels/statistics/quantile.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/expects.hpp"

namespace reprise {

std::vector<double> quantiles(std::span<const double> values, std::span<const double> levels) {
  expects(!values.empty(), "a quantile needs at least one value");
  std::vector<double> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  std::vector<double> result;
  result.reserve(levels.size());
  for (const double p : levels) {
    expects(p >= 0.0 && p <= 1.0, "a quantile's level lies in [0, 1]");
    const double place = p * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    const double fraction = place - std::floor(place);
    result.push_back(sorted[below] + fraction * (sorted[above] - sorted[below]));
  }
  return result;
}

double quantile(std::span<const double> values, double p) {
  const std::vector<double> levels{p};
  return quantiles(values, levels).front();
}

double median(std::span<const double> values) {
  return quantile(values, 0.5);
}

}  // namespace reprise
