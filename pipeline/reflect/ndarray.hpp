#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <vector>

namespace reprise {

/// The bits of a bfloat16, stored as u16.
struct Bfloat16 {
  std::uint16_t bits = 0;
  bool operator==(const Bfloat16&) const = default;
};

/// A dense array of any rank, row-major, as a field of a task's input or output. An empty shape is a
/// scalar's.
template <class T>
struct NdArray {
  std::vector<std::uint64_t> shape;
  std::vector<T> values;  ///< as many as the product of `shape`

  bool operator==(const NdArray&) const = default;
};

inline std::uint64_t element_count(const std::vector<std::uint64_t>& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::uint64_t{1}, std::multiplies<>());
}

}  // namespace reprise
