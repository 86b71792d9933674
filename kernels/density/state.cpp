#include "kernels/density/state.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numbers>

#include "kernels/expects.hpp"

namespace reprise {

DensityState::DensityState(std::size_t bandwidths, std::size_t keep_nearest, bool with_excess)
    : sum(bandwidths, 0.0),
      sum_of_squares(bandwidths, 0.0),
      excess(with_excess ? bandwidths : 0, 0.0),
      nearest_kept(keep_nearest) {}

void DensityState::lower_nearest(double squared_distance, const BandwidthGrid& grid) {
  const double drop = nearest_squared - squared_distance;
  nearest_squared = squared_distance;
  if (count == 0 || !std::isfinite(drop)) {
    return;
  }
  for (std::size_t k = 0; k < sum.size(); ++k) {
    const double factor = std::exp(-drop * grid.precision(k));
    if (!excess.empty()) {
      excess[k] = factor * (excess[k] + drop * sum[k]);
    }
    sum[k] *= factor;
    sum_of_squares[k] *= factor * factor;
  }
}

void DensityState::merge(const DensityState& other, const BandwidthGrid& grid) {
  expects(sum.size() == other.sum.size() && excess.size() == other.excess.size() &&
              nearest_kept == other.nearest_kept && sum.size() == grid.size(),
          "density states merge when they were made for the same bandwidths and options");
  if (other.count == 0) {
    return;
  }
  if (other.nearest_squared < nearest_squared) {
    lower_nearest(other.nearest_squared, grid);
  }
  const double gap = other.nearest_squared - nearest_squared;
  for (std::size_t k = 0; k < sum.size(); ++k) {
    const double factor = std::exp(-gap * grid.precision(k));
    sum[k] += factor * other.sum[k];
    sum_of_squares[k] += factor * factor * other.sum_of_squares[k];
    if (!excess.empty()) {
      excess[k] += factor * (other.excess[k] + gap * other.sum[k]);
    }
  }
  count += other.count;
  std::vector<Neighbour> both;
  both.reserve(nearest.size() + other.nearest.size());
  std::ranges::merge(nearest, other.nearest, std::back_inserter(both));
  both.resize(std::min(both.size(), nearest_kept));
  nearest = std::move(both);
}

double log_kernel_sum(const DensityState& state, const BandwidthGrid& grid, std::size_t k) {
  if (state.count == 0) {
    return -std::numeric_limits<double>::infinity();
  }
  return std::log(state.sum[k]) - state.nearest_squared * grid.precision(k);
}

double log_density(const DensityState& state, const BandwidthGrid& grid, std::size_t k, std::size_t dim) {
  const double h = grid[k];
  return log_kernel_sum(state, grid, k) - std::log(static_cast<double>(state.count)) -
         0.5 * static_cast<double>(dim) * std::log(2.0 * std::numbers::pi * h * h);
}

double participation(const DensityState& state, std::size_t k) {
  return state.sum_of_squares[k] / (state.sum[k] * state.sum[k]);
}

double largest_weight(const DensityState& state, std::size_t k) {
  return 1.0 / state.sum[k];
}

double weight_entropy(const DensityState& state, const BandwidthGrid& grid, std::size_t k) {
  expects(!state.excess.empty(), "the entropy of the weights needs the excess sums");
  return std::log(state.sum[k]) + grid.precision(k) * state.excess[k] / state.sum[k];
}

double mean_squared_distance(const DensityState& state, std::size_t k) {
  expects(!state.excess.empty(), "a weighted mean distance needs the excess sums");
  return state.nearest_squared + state.excess[k] / state.sum[k];
}

}  // namespace reprise
