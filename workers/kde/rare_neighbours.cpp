#include "workers/kde/rare_neighbours.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

#include "kernels/expects.hpp"
#include "kernels/numerics/roots.hpp"
#include "kernels/random/distributions.hpp"

namespace reprise::kde {

RareNeighbourSampler::RareNeighbourSampler(std::vector<double> x, std::vector<double> variance,
                                           double log_points, double expected_count)
    : x_(std::move(x)), variance_(std::move(variance)), expected_count_(expected_count) {
  expects(!x_.empty() && x_.size() == variance_.size(), "x has a coordinate for each variance");
  expects(expected_count > 0.0 && std::log(expected_count) < log_points - std::numbers::ln2,
          "fewer neighbours are asked for than half the data");
  std::vector<double> squares;
  for (const double value : x_) {
    squares.push_back(value * value);
  }
  const LargeDeviations law(spectrum_of(variance_), std::move(squares));
  const auto dim = static_cast<double>(x_.size());
  radius_ = DistanceLaw(law, dim, 20000).quantile(std::log(expected_count) - log_points);
  const auto gap = [&](double u) { return dim * law.energy(std::exp(u)) - radius_; };
  if (gap(-30.0) > 0.0) {  // else the ball holds the typical point: no tilt
    tilt_ = std::exp(find_root(gap, -30.0, 40.0));
  }
}

RareNeighbours RareNeighbourSampler::draw(RandomKey key, std::uint64_t data_set) const {
  Philox random(key, data_set);
  const std::uint64_t count = poisson(random, expected_count_);
  const std::size_t dim = x_.size();
  std::vector<double> distance;
  std::vector<double> points;
  RareNeighbours result;
  std::vector<double> y(dim);
  while (distance.size() < count) {
    ++result.proposals;
    double q = 0.0;
    for (std::size_t a = 0; a < dim; ++a) {
      const double shrink = 1.0 + tilt_ * variance_[a];
      const double mean = tilt_ * variance_[a] * x_[a] / shrink;
      y[a] = mean + std::sqrt(variance_[a] / shrink) * normal(random);
      q += 0.5 * (x_[a] - y[a]) * (x_[a] - y[a]);
    }
    if (q <= radius_ && uniform(random) < std::exp(-tilt_ * (radius_ - q))) {
      distance.push_back(q);
      points.insert(points.end(), y.begin(), y.end());
    }
  }
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return distance[i]; });
  for (const std::size_t i : order) {
    result.half_squared_distance.push_back(distance[i]);
    const auto row = points.begin() + static_cast<std::ptrdiff_t>(i * dim);
    result.point.insert(result.point.end(), row, row + static_cast<std::ptrdiff_t>(dim));
  }
  return result;
}

}  // namespace reprise::kde
