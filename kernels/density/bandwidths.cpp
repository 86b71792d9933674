#include "kernels/density/bandwidths.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/expects.hpp"

namespace reprise {
namespace {

constexpr std::size_t kStride = 4;
constexpr std::size_t kLongest = 8;

}  // namespace

BandwidthGrid BandwidthGrid::ladder(double largest, std::size_t count) {
  expects(largest > 0.0 && std::isfinite(largest), "a bandwidth is above 0");
  expects(count > 0, "a grid needs a bandwidth");
  BandwidthGrid grid;
  for (std::size_t k = 0; k < count; ++k) {
    grid.bandwidth_.push_back(largest * std::exp2(-static_cast<double>(k) / 8.0));
  }
  for (std::size_t start = 0; start < count; start += kStride * kLongest) {
    for (std::size_t first = start; first < std::min(count, start + kStride); ++first) {
      const std::size_t length = std::min(kLongest, (count - first + kStride - 1) / kStride);
      grid.chain_.push_back({first, kStride, length});
    }
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
