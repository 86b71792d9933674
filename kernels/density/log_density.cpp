#include "kernels/density/log_density.hpp"

#include <oneapi/dnnl/dnnl.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <type_traits>

#include "kernels/density/flush_denormals.hpp"
#include "kernels/expects.hpp"

namespace reprise {
namespace {

/// Queries of one matrix product; shorter groups are padded, so that every product has the same shape and an
/// element the same bits.
constexpr std::size_t kQueryGroup = 64;

/// Above this, a matrix product beats subtraction by enough to matter (measured, tests/bench).
constexpr std::size_t kProductDimension = 96;

template <class T>
class BlockPass {
 public:
  BlockPass(const BandwidthGrid& grid, const DensityOptions& options, std::span<const T> queries,
            const PackedPoints<T>& points, std::span<const std::uint64_t> leave_out)
      : grid_(grid),
        options_(options),
        queries_(queries),
        points_(points),
        leave_out_(leave_out),
        count_(queries.size() / points.dim()),
        states_(count_, DensityState(grid.size(), options.nearest, options.excess)),
        bound_(count_, kNoPoint<T>),
        distances_(hwy::AllocateAligned<T>(kQueryGroup * kTile)) {}

  std::vector<DensityState> run() {
    const FlushDenormals flush;
    DistanceMethod method = options_.distances;
    if (method == DistanceMethod::automatic) {
      method = distance_method<T>(points_.dim());
    }
    for (std::size_t tile = 0; tile < points_.tiles(); ++tile) {
      for (std::size_t q = 0; q < count_; q += kQueryGroup) {
        const std::size_t group = std::min(kQueryGroup, count_ - q);
        if (method == DistanceMethod::product) {
          distances_by_product(tile, q, group);
        } else {
          distances_by_subtraction(tile, q, group);
        }
        for (std::size_t i = 0; i < group; ++i) {
          absorb(tile, q + i, distances_.get() + i * kTile);
        }
      }
    }
    for (std::size_t q = 0; q < count_; ++q) {
      keep_nearest(q);
    }
    return std::move(states_);
  }

 private:
  void distances_by_subtraction(std::size_t tile, std::size_t first, std::size_t group) {
    const std::size_t dim = points_.dim();
    for (std::size_t i = 0; i < group; i += 4) {
      squared_distances(queries_.data() + (first + i) * dim, std::min<std::size_t>(4, group - i),
                        points_.tile(tile), dim, distances_.get() + i * kTile);
    }
  }

  void distances_by_product(std::size_t tile, std::size_t first, std::size_t group) {
    if constexpr (std::is_same_v<T, float>) {
      const std::size_t dim = points_.dim();
      const float* rows = queries_.data() + first * dim;
      if (group < kQueryGroup) {
        padded_.assign(kQueryGroup * dim, 0.0F);
        std::copy_n(rows, group * dim, padded_.data());
        rows = padded_.data();
      }
      const auto depth = static_cast<dnnl_dim_t>(dim);
      constexpr auto kWidth = static_cast<dnnl_dim_t>(kTile);
      if (dnnl_sgemm('N', 'N', static_cast<dnnl_dim_t>(kQueryGroup), kWidth, depth, -2.0F, rows, depth,
                     points_.tile(tile), kWidth, 0.0F, distances_.get(), kWidth) != dnnl_success) {
        throw std::runtime_error("oneDNN refused a matrix product of queries and points");
      }
      for (std::size_t i = 0; i < group; ++i) {
        double norm = 0.0;
        for (std::size_t a = 0; a < dim; ++a) {
          norm += static_cast<double>(rows[i * dim + a]) * static_cast<double>(rows[i * dim + a]);
        }
        distances_from_products(static_cast<float>(norm), points_.squared_norms(tile),
                                distances_.get() + i * kTile);
      }
    } else {
      throw std::logic_error("distances by products are for single precision");
    }
  }

  /// Adds a tile of distances to a query's sums.
  void absorb(std::size_t tile, std::size_t q, T* row) {
    const std::size_t present = points_.points_in(tile);
    std::fill(row + present, row + kTile, kNoPoint<T>);
    std::uint64_t seen = present;
    const std::uint64_t first = points_.first_index() + tile * kTile;
    if (!leave_out_.empty() && leave_out_[q] >= first && leave_out_[q] - first < present) {
      row[leave_out_[q] - first] = kNoPoint<T>;
      --seen;
    }
    if (seen == 0) {
      return;
    }
    DensityState& state = states_[q];
    const T least = tile_minimum(row);
    if (static_cast<double>(least) < state.nearest_squared) {
      state.lower_nearest(static_cast<double>(least), grid_);
    }
    state.count += seen;
    const auto nearest = static_cast<T>(state.nearest_squared);
    for (const BandwidthGrid::Chain& chain : grid_.chains()) {
      sum_chain(row, nearest, grid_.precision(chain.first), chain.length, options_.excess, sums_);
      for (std::size_t i = 0; i < chain.length; ++i) {
        const std::size_t k = chain.first + i * chain.stride;
        state.sum[k] += sums_.sum[i];
        state.sum_of_squares[k] += sums_.sum[i + 1];
        if (options_.excess) {
          state.excess[k] += sums_.excess[i];
        }
      }
    }
    if (options_.nearest > 0) {
      collect_nearest(q, row, first);
    }
  }

  /// Candidates pile up until there are twice as many as are kept; the bound then moves down.
  void collect_nearest(std::size_t q, const T* row, std::uint64_t first) {
    const std::size_t found = places_below(row, bound_[q], places_);
    std::vector<Neighbour>& list = states_[q].nearest;
    for (std::size_t i = 0; i < found; ++i) {
      list.push_back({static_cast<double>(row[places_[i]]), first + places_[i]});
    }
    if (list.size() >= 2 * options_.nearest) {
      keep_nearest(q);
      bound_[q] = static_cast<T>(list.back().squared_distance);
    }
  }

  void keep_nearest(std::size_t q) {
    std::vector<Neighbour>& list = states_[q].nearest;
    const auto kept = static_cast<std::ptrdiff_t>(std::min(options_.nearest, list.size()));
    std::partial_sort(list.begin(), list.begin() + kept, list.end());
    list.resize(static_cast<std::size_t>(kept));
  }

  const BandwidthGrid& grid_;
  const DensityOptions& options_;
  std::span<const T> queries_;
  const PackedPoints<T>& points_;
  std::span<const std::uint64_t> leave_out_;
  std::size_t count_;
  std::vector<DensityState> states_;
  std::vector<T> bound_;
  hwy::AlignedFreeUniquePtr<T[]> distances_;
  std::vector<float> padded_;
  ChainSums sums_;
  std::array<std::uint32_t, kTile> places_{};
};

}  // namespace

template <class T>
std::vector<DensityState> block_states(const BandwidthGrid& grid, const DensityOptions& options,
                                       std::span<const T> queries, const PackedPoints<T>& points,
                                       std::span<const std::uint64_t> leave_out) {
  expects(queries.size() % points.dim() == 0, "queries are rows of as many coordinates as points have");
  expects(points.count() <= kPointBlock, "a block has at most 65536 points");
  expects(leave_out.empty() || leave_out.size() * points.dim() == queries.size(),
          "a left-out index is named for every query or for none");
  return BlockPass<T>(grid, options, queries, points, leave_out).run();
}

void merge_states(std::vector<DensityState>& into, const std::vector<DensityState>& block,
                  const BandwidthGrid& grid) {
  expects(into.size() == block.size(), "states of the same queries merge");
  for (std::size_t q = 0; q < into.size(); ++q) {
    into[q].merge(block[q], grid);
  }
}

template <class T>
std::vector<DensityState> density_states(const BandwidthGrid& grid, const DensityOptions& options,
                                         std::span<const T> queries, std::span<const T> points,
                                         std::size_t dim, std::span<const std::uint64_t> leave_out) {
  expects(dim > 0 && queries.size() % dim == 0 && points.size() % dim == 0,
          "points are rows of dim coordinates");
  std::vector<DensityState> states(queries.size() / dim,
                                   DensityState(grid.size(), options.nearest, options.excess));
  const std::size_t count = points.size() / dim;
  for (std::size_t first = 0; first < count; first += kPointBlock) {
    const std::size_t size = std::min(kPointBlock, count - first);
    const PackedPoints<T> packed(points.subspan(first * dim, size * dim), dim, first);
    merge_states(states, block_states(grid, options, queries, packed, leave_out), grid);
  }
  return states;
}

template <class T>
DistanceMethod distance_method(std::size_t dim) {
  return std::is_same_v<T, float> && dim > kProductDimension ? DistanceMethod::product
                                                             : DistanceMethod::subtraction;
}

bool single_precision_suffices(double largest_squared_norm, double least_bandwidth, DistanceMethod method) {
  expects(least_bandwidth > 0.0, "a bandwidth is above 0");
  const double factor = method == DistanceMethod::subtraction ? 4.0 : 20.0;
  return factor * 0x1.0p-24 * largest_squared_norm / (2.0 * least_bandwidth * least_bandwidth) < 1e-3;
}

template std::vector<DensityState> block_states(const BandwidthGrid&, const DensityOptions&,
                                                std::span<const float>, const PackedPoints<float>&,
                                                std::span<const std::uint64_t>);
template std::vector<DensityState> block_states(const BandwidthGrid&, const DensityOptions&,
                                                std::span<const double>, const PackedPoints<double>&,
                                                std::span<const std::uint64_t>);
template std::vector<DensityState> density_states(const BandwidthGrid&, const DensityOptions&,
                                                  std::span<const float>, std::span<const float>, std::size_t,
                                                  std::span<const std::uint64_t>);
template std::vector<DensityState> density_states(const BandwidthGrid&, const DensityOptions&,
                                                  std::span<const double>, std::span<const double>,
                                                  std::size_t, std::span<const std::uint64_t>);
template DistanceMethod distance_method<float>(std::size_t);
template DistanceMethod distance_method<double>(std::size_t);

}  // namespace reprise
