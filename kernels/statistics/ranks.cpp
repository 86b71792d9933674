#include "kernels/statistics/ranks.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>

#include "kernels/expects.hpp"

namespace reprise {

std::vector<double> mid_ranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
  std::vector<double> ranks(values.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t end = first + 1;
    while (end < order.size() && values[order[end]] == values[order[first]]) {
      ++end;
    }
    const double rank = 0.5 * static_cast<double>(first + 1 + end);
    for (; first < end; ++first) {
      ranks[order[first]] = rank;
    }
  }
  return ranks;
}

double pearson_correlation(std::span<const double> x, std::span<const double> y) {
  expects(x.size() == y.size(), "a correlation is between as many values on both sides");
  const auto mean = [](std::span<const double> v) {
    return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
  };
  const double mean_x = mean(x);
  const double mean_y = mean(y);
  double xx = 0.0;
  double yy = 0.0;
  double xy = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - mean_x) * (x[i] - mean_x);
    yy += (y[i] - mean_y) * (y[i] - mean_y);
    xy += (x[i] - mean_x) * (y[i] - mean_y);
  }
  if (!(xx > 0.0 && yy > 0.0)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return xy / std::sqrt(xx) / std::sqrt(yy);
}

double spearman_correlation(std::span<const double> x, std::span<const double> y) {
  const std::vector<double> ranks_x = mid_ranks(x);
  const std::vector<double> ranks_y = mid_ranks(y);
  return pearson_correlation(ranks_x, ranks_y);
}

}  // namespace reprise
