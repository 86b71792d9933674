#include "kernels/density/packed_points.hpp"

#include <algorithm>
#include <new>

#include "kernels/expects.hpp"

namespace reprise {
namespace {

template <class T>
hwy::AlignedFreeUniquePtr<T[]> zeros(std::size_t count) {
  auto memory = hwy::AllocateAligned<T>(std::max<std::size_t>(count, 1));
  if (!memory) {
    throw std::bad_alloc();
  }
  std::fill_n(memory.get(), count, T{0});
  return memory;
}

}  // namespace

template <class T>
PackedPoints<T>::PackedPoints(std::span<const T> rows, std::size_t dim, std::uint64_t first_index)
    : dim_(dim), count_(dim == 0 ? 0 : rows.size() / dim), first_index_(first_index) {
  expects(dim > 0 && rows.size() == count_ * dim, "points come as rows of dim coordinates");
  coordinates_ = zeros<T>(tiles() * dim * kTile);
  norms_ = zeros<T>(tiles() * kTile);
  for (std::size_t i = 0; i < count_; ++i) {
    T* place = coordinates_.get() + (i / kTile) * dim * kTile + i % kTile;
    double norm = 0.0;
    for (std::size_t a = 0; a < dim; ++a) {
      const T y = rows[i * dim + a];
      place[a * kTile] = y;
      norm += static_cast<double>(y) * static_cast<double>(y);
    }
    norms_[i] = static_cast<T>(norm);
  }
}

template class PackedPoints<float>;
template class PackedPoints<double>;

}  // namespace reprise
