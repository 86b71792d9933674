#include "kernels/density/packed_points.hpp"

#include <algorithm>
#include <array>
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
  // A cache line of neighbouring points at a time, so that each line of the tile is written once.
  constexpr std::size_t kLine = 64 / sizeof(T);
  for (std::size_t first = 0; first < count_; first += kLine) {
    const std::size_t width = std::min(kLine, count_ - first);
    const T* from = rows.data() + first * dim;
    T* place = coordinates_.get() + (first / kTile) * dim * kTile + first % kTile;
    std::array<double, kLine> norm{};
    for (std::size_t a = 0; a < dim; ++a) {
      for (std::size_t i = 0; i < width; ++i) {
        const T y = from[i * dim + a];
        place[a * kTile + i] = y;
        norm[i] += static_cast<double>(y) * static_cast<double>(y);
      }
    }
    for (std::size_t i = 0; i < width; ++i) {
      norms_[first + i] = static_cast<T>(norm[i]);
    }
  }
}

template class PackedPoints<float>;
template class PackedPoints<double>;

}  // namespace reprise
