#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

namespace reprise::nn {

/// Up to six whole numbers, one an axis: a tensor's sizes, its strides, a list of axes.
class Shape {
 public:
  static constexpr int kMaxRank = 6;
  using iterator = const std::int64_t*;

  Shape() = default;  ///< of a scalar
  Shape(std::initializer_list<std::int64_t> sizes) : Shape(std::span(sizes.begin(), sizes.size())) {}
  /// Throws std::invalid_argument for more than six.
  explicit Shape(std::span<const std::int64_t> sizes);
  static Shape filled(int rank, std::int64_t value);

  [[nodiscard]] int rank() const { return rank_; }
  /// Negative axes count from the last.
  std::int64_t& operator[](int axis) {
    return sizes_[static_cast<std::size_t>(axis < 0 ? axis + rank_ : axis)];
  }
  std::int64_t operator[](int axis) const {
    return sizes_[static_cast<std::size_t>(axis < 0 ? axis + rank_ : axis)];
  }
  [[nodiscard]] iterator begin() const { return sizes_.data(); }
  [[nodiscard]] iterator end() const { return sizes_.data() + rank_; }

  /// The product; 1 for a scalar.
  [[nodiscard]] std::int64_t elements() const;
  void append(std::int64_t size);
  void erase(int axis);
  void insert(int axis, std::int64_t size);

  friend bool operator==(const Shape& a, const Shape& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  std::array<std::int64_t, kMaxRank> sizes_{};
  int rank_ = 0;
};

/// "[64, 3, 28, 28]"
[[nodiscard]] std::string to_string(const Shape& shape);

/// Strides, in elements, of a tensor whose last axis is dense.
[[nodiscard]] Shape row_major(const Shape& shape);

/// The shape of an operation on two tensors element by element: axes are matched from the last, a size of one
/// is repeated. Throws std::invalid_argument where that doesn't work out.
[[nodiscard]] Shape broadcast(const Shape& a, const Shape& b);

/// `axis` counted from the first. Throws std::invalid_argument when there is none such.
[[nodiscard]] int axis_of(const Shape& shape, int axis);

}  // namespace reprise::nn
