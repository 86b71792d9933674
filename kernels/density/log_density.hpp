#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/density/packed_points.hpp"
#include "kernels/density/state.hpp"

namespace reprise {

/// How squared distances come about. `subtraction` adds (x_a - y_a)^2: exact up to rounding of the distance
/// itself. `product` expands |x|^2 + |y|^2 - 2 x.y over a matrix product (single precision only): faster in
/// many dimensions, with an error of the order of the norms.
enum class DistanceMethod { automatic, subtraction, product };

struct DensityOptions {
  std::size_t nearest = 0;  ///< how many nearest neighbours to keep
  bool excess = true;       ///< sums that entropy and mean distance need
  DistanceMethod distances = DistanceMethod::automatic;
};

/// Points are taken in blocks of this many, each summed by itself and merged in order: results are then the
/// same bits for any number of ranks and any block of queries.
inline constexpr std::size_t kPointBlock = 65536;

/// No point is left out.
inline constexpr std::uint64_t kNoIndex = ~std::uint64_t{0};

/// Kernel sums of one block of points (at most kPointBlock) for queries [q, dim], row-major. `leave_out`,
/// when not empty, names for each query the index of a point it does not see (leave-one-out). Never holds
/// more than a tile of distances. T: float or double.
template <class T>
[[nodiscard]] std::vector<DensityState> block_states(const BandwidthGrid& grid, const DensityOptions& options,
                                                     std::span<const T> queries,
                                                     const PackedPoints<T>& points,
                                                     std::span<const std::uint64_t> leave_out = {});

/// Merges a later block into the states so far.
void merge_states(std::vector<DensityState>& into, const std::vector<DensityState>& block,
                  const BandwidthGrid& grid);

/// Kernel sums over all points [n, dim]: blocks in order, merged in order.
template <class T>
[[nodiscard]] std::vector<DensityState> density_states(const BandwidthGrid& grid,
                                                       const DensityOptions& options,
                                                       std::span<const T> queries, std::span<const T> points,
                                                       std::size_t dim,
                                                       std::span<const std::uint64_t> leave_out = {});

/// What `automatic` means in so many dimensions.
template <class T>
[[nodiscard]] DistanceMethod distance_method(std::size_t dim);

/// Is single precision enough for an error below 1e-3 in the log density? The spec's rule for products,
/// 20 2^-24 max|x|^2/(2 h_min^2) < 1e-3, for centred data; subtraction errs by less than a fifth of that.
[[nodiscard]] bool single_precision_suffices(double largest_squared_norm, double least_bandwidth,
                                             DistanceMethod method);

}  // namespace reprise
