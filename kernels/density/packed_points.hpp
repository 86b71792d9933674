#pragma once

#include <hwy/aligned_allocator.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/density/passes.hpp"

namespace reprise {

/// Data points [count, dim] cut into tiles of kTile, each stored by coordinate [dim, kTile] so that a vector
/// holds neighbouring points. Places beyond the last point hold zeros.
template <class T>
class PackedPoints {
 public:
  /// Points are copied from row-major `rows`; the first has index `first_index` in its data set.
  PackedPoints(std::span<const T> rows, std::size_t dim, std::uint64_t first_index = 0);

  [[nodiscard]] std::size_t dim() const { return dim_; }
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] std::size_t tiles() const { return (count_ + kTile - 1) / kTile; }
  [[nodiscard]] std::uint64_t first_index() const { return first_index_; }

  /// [dim, kTile]
  [[nodiscard]] const T* tile(std::size_t t) const { return coordinates_.get() + t * dim_ * kTile; }
  /// |y|^2, [kTile]
  [[nodiscard]] const T* squared_norms(std::size_t t) const { return norms_.get() + t * kTile; }
  [[nodiscard]] std::size_t points_in(std::size_t t) const {
    return t + 1 < tiles() ? kTile : count_ - t * kTile;
  }

 private:
  std::size_t dim_;
  std::size_t count_;
  std::uint64_t first_index_;
  hwy::AlignedFreeUniquePtr<T[]> coordinates_;
  hwy::AlignedFreeUniquePtr<T[]> norms_;
};

extern template class PackedPoints<float>;
extern template class PackedPoints<double>;

}  // namespace reprise
