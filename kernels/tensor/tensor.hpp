#pragma once

#include <span>
#include <vector>

#include "kernels/tensor/buffer.hpp"
#include "kernels/tensor/data_type.hpp"
#include "kernels/tensor/shape.hpp"

namespace reprise::nn {

/// Numbers of one type on a grid of up to six axes. Copies and views share the numbers; `clone` doesn't.
/// Strides say where the elements lie, so transposing, slicing and repeating (stride 0) cost nothing; images
/// have shape [batch, channels, height, width] and mostly lie channels last.
class Tensor {
 public:
  Tensor() = default;  ///< no tensor
  /// Contents are undefined. Throws std::invalid_argument for a negative size.
  explicit Tensor(const Shape& shape, DataType type = DataType::f32);
  /// As above, where elements lie as `strides` say: dense in some order of the axes.
  Tensor(const Shape& shape, const Shape& strides, DataType type);

  static Tensor zeros(const Shape& shape, DataType type = DataType::f32);
  static Tensor full(const Shape& shape, double value, DataType type = DataType::f32);
  /// Throws std::invalid_argument unless there is a value for each element, in row-major order.
  template <class T>
  static Tensor from(std::span<const T> values, const Shape& shape);
  template <class T>
  static Tensor from(const std::vector<T>& values, const Shape& shape) {
    return from(std::span(values), shape);
  }
  /// Undefined contents, with shape and order of the elements as in `other`.
  static Tensor like(const Tensor& other) { return like(other, other.type()); }
  static Tensor like(const Tensor& other, DataType type);
  /// Undefined contents; [batch, channels, height, width] with channels next to each other.
  static Tensor channels_last(const Shape& shape, DataType type = DataType::f32);

  explicit operator bool() const { return static_cast<bool>(buffer_); }
  [[nodiscard]] const Shape& shape() const { return shape_; }
  [[nodiscard]] const Shape& strides() const { return strides_; }
  [[nodiscard]] int rank() const { return shape_.rank(); }
  [[nodiscard]] std::int64_t size(int axis) const { return shape_[axis]; }
  [[nodiscard]] std::int64_t elements() const { return shape_.elements(); }
  [[nodiscard]] DataType type() const { return type_; }
  [[nodiscard]] const Buffer& buffer() const { return buffer_; }
  /// Of the first element in the buffer, in bytes.
  [[nodiscard]] std::size_t offset() const { return offset_; }

  /// Row-major without gaps.
  [[nodiscard]] bool contiguous() const;
  /// Some order of the axes is row-major without gaps.
  [[nodiscard]] bool dense() const;
  [[nodiscard]] bool is_channels_last() const;

  /// The first element. Throws std::invalid_argument when elements are of another type.
  template <class T>
  [[nodiscard]] const T* data() const {
    check_type(type_of<T>);
    return reinterpret_cast<const T*>(bytes());
  }
  /// As data(); what was derived from the buffer's contents is out of date from now on.
  template <class T>
  [[nodiscard]] T* mutable_data() {
    check_type(type_of<T>);
    return reinterpret_cast<T*>(mutable_bytes());
  }
  [[nodiscard]] const std::byte* bytes() const { return buffer_.data() + offset_; }
  [[nodiscard]] std::byte* mutable_bytes() {
    buffer_.touch();
    return buffer_.data() + offset_;
  }
  /// The only element, as a double. Throws std::invalid_argument when there is not exactly one.
  [[nodiscard]] double item() const;
  /// All elements in row-major order, converted.
  template <class T>
  [[nodiscard]] std::vector<T> values() const;

  // Views. Each throws std::invalid_argument where it can't be.

  /// The same elements in row-major order under another shape; one size may be -1: what is left. Copies where
  /// elements don't lie row-major.
  [[nodiscard]] Tensor reshape(const Shape& shape) const;
  [[nodiscard]] Tensor permute(const Shape& axes) const;
  [[nodiscard]] Tensor transpose(int a, int b) const;
  /// Elements [from, from + count) of an axis.
  [[nodiscard]] Tensor slice(int axis, std::int64_t from, std::int64_t count) const;
  /// Axes of size one, and missing ones in front, repeated.
  [[nodiscard]] Tensor expand(const Shape& shape) const;
  [[nodiscard]] Tensor insert_axis(int axis) const;
  [[nodiscard]] Tensor erase_axis(int axis) const;  ///< of size one
  /// The bytes of `shape` and `type` at byte `offset` of a buffer.
  static Tensor at(const Buffer& buffer, std::size_t offset, const Shape& shape, DataType type);

  /// Itself where it is row-major, else a copy that is.
  [[nodiscard]] Tensor to_contiguous() const;
  /// Itself where channels are last, else a copy where they are.
  [[nodiscard]] Tensor to_channels_last() const;
  /// Itself, or converted: rounded to nearest even and clamped for whole numbers.
  [[nodiscard]] Tensor to(DataType type) const;
  [[nodiscard]] Tensor clone() const;
  /// Converts and repeats `source` as needed.
  void assign(const Tensor& source);
  void fill(double value);

 private:
  void check_type(DataType asked) const;
  /// The strides of axes of size one are anybody's; kernels are chosen by them.
  [[nodiscard]] Tensor with_strides(const Shape& strides) const;

  Buffer buffer_;
  std::size_t offset_ = 0;
  Shape shape_;
  Shape strides_;
  DataType type_ = DataType::f32;
};

}  // namespace reprise::nn
