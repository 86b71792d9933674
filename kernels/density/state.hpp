#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "kernels/density/bandwidths.hpp"

namespace reprise {

struct Neighbour {
  double squared_distance = 0.0;
  std::uint64_t index = 0;
  friend auto operator<=>(const Neighbour&, const Neighbour&) = default;
};

/// What a query has seen of the data: kernel sums relative to the nearest point, for every bandwidth. Two
/// states over disjoint points merge. Merging is associative up to rounding; for the same bits merge in the
/// same order.
struct DensityState {
  double nearest_squared = std::numeric_limits<double>::infinity();
  std::vector<double> sum;  ///< sum_i w_i, w_i = exp(-(D_i - D_min)/(2 h_k^2)), D squared distances
  std::vector<double> sum_of_squares;  ///< sum_i w_i^2
  std::vector<double> excess;          ///< sum_i w_i (D_i - D_min); empty when not asked for
  std::vector<Neighbour> nearest;      ///< the K smallest, ascending
  std::size_t nearest_kept = 0;        ///< K
  std::uint64_t count = 0;             ///< points seen

  DensityState() = default;
  DensityState(std::size_t bandwidths, std::size_t keep_nearest, bool with_excess);

  /// Moves the reference to a nearer point: D_min = squared_distance < nearest_squared.
  void lower_nearest(double squared_distance, const BandwidthGrid& grid);

  void merge(const DensityState& other, const BandwidthGrid& grid);
};

/// log Z_k = log sum_i exp(-D_i/(2 h_k^2)); -inf when no point was seen.
[[nodiscard]] double log_kernel_sum(const DensityState& state, const BandwidthGrid& grid, std::size_t k);

/// log of the Gaussian kernel density estimate: log Z_k - log count - (dim/2) log(2 pi h_k^2).
[[nodiscard]] double log_density(const DensityState& state, const BandwidthGrid& grid, std::size_t k,
                                 std::size_t dim);

/// Y2 = sum p_i^2, p_i = w_i/Z: the inverse effective number of points.
[[nodiscard]] double participation(const DensityState& state, std::size_t k);

/// max p_i.
[[nodiscard]] double largest_weight(const DensityState& state, std::size_t k);

/// -sum p_i log p_i. Needs the excess.
[[nodiscard]] double weight_entropy(const DensityState& state, const BandwidthGrid& grid, std::size_t k);

/// sum p_i D_i. Needs the excess.
[[nodiscard]] double mean_squared_distance(const DensityState& state, std::size_t k);

}  // namespace reprise
