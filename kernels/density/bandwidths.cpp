#include "kernels/density/bandwidths.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/expects.hpp"

namespace reprise {
namespace {

constexpr std::size_t kLongest = 8;
constexpr double kClose = 1e-12;

}  // namespace

BandwidthGrid BandwidthGrid::ladder(double largest, std::size_t count) {
  expects(largest > 0.0 && std::isfinite(largest), "a bandwidth is above 0");
  expects(count > 0, "a grid needs a bandwidth");
  std::vector<double> bandwidths;
  for (std::size_t k = 0; k < count; ++k) {
    bandwidths.push_back(largest * std::exp2(-static_cast<double>(k) / 8.0));
  }
  return chained(bandwidths);
}

BandwidthGrid BandwidthGrid::chained(std::span<const double> bandwidths) {
  expects(!bandwidths.empty(), "a grid needs a bandwidth");
  BandwidthGrid grid;
  std::vector<bool> taken(bandwidths.size(), false);
  const auto follows = [&](std::size_t j, double h) {
    return j < bandwidths.size() && !taken[j] && std::abs(bandwidths[j] / h * std::sqrt(2.0) - 1.0) < kClose;
  };
  for (std::size_t k = 0; k < bandwidths.size(); ++k) {
    const double h = bandwidths[k];
    expects(h > 0.0 && std::isfinite(h), "a bandwidth is above 0");
    grid.bandwidth_.push_back(h);
    if (taken[k]) {
      continue;
    }
    taken[k] = true;
    Chain chain{k, 1, 1};
    while (k + chain.stride < bandwidths.size() && !follows(k + chain.stride, h)) {
      ++chain.stride;
    }
    for (std::size_t j = k; chain.length < kLongest && follows(j + chain.stride, bandwidths[j]);) {
      j += chain.stride;
      taken[j] = true;
      ++chain.length;
    }
    grid.chain_.push_back(chain);
  }
  return grid;
}

BandwidthGrid BandwidthGrid::named(std::span<const double> bandwidths) {
  expects(!bandwidths.empty(), "a grid needs a bandwidth");
  BandwidthGrid grid;
  for (const double h : bandwidths) {
    expects(h > 0.0 && std::isfinite(h), "a bandwidth is above 0");
    grid.chain_.push_back({grid.bandwidth_.size(), 1, 1});
    grid.bandwidth_.push_back(h);
  }
  return grid;
}

}  // namespace reprise
