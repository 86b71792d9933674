#include "kernels/tensor/tensor.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <type_traits>

#include "kernels/expects.hpp"
#include "kernels/tensor/walk.hpp"

namespace reprise::nn {
namespace {

/// Between any two types of elements, as Tensor::to says.
template <class To, class From>
To convert(From value) {
  if constexpr (std::is_same_v<To, From>) {
    return value;
  } else if constexpr (std::is_same_v<To, BFloat16>) {
    return BFloat16(static_cast<float>(value));
  } else if constexpr (std::is_same_v<From, BFloat16>) {
    return convert<To>(static_cast<float>(value));
  } else if constexpr (std::is_integral_v<To>) {
    using Limits = std::numeric_limits<To>;
    const double rounded = std::nearbyint(static_cast<double>(value));
    if (!(rounded >= static_cast<double>(Limits::min()))) return Limits::min();
    if (rounded > static_cast<double>(Limits::max())) return Limits::max();
    return static_cast<To>(rounded);
  } else {
    return static_cast<To>(value);
  }
}

template <class To, class From>
void copy_row(const From* from, std::int64_t from_step, To* to, std::int64_t to_step, std::int64_t count) {
  if constexpr (std::is_same_v<To, From>) {
    if (from_step == 1 && to_step == 1) {
      std::memcpy(to, from, static_cast<std::size_t>(count) * sizeof(To));
      return;
    }
  }
  for (std::int64_t i = 0; i < count; ++i) to[i * to_step] = convert<To>(from[i * from_step]);
}

/// Strides of a dense tensor whose axes lie in the same order as in `like`.
Shape dense_strides(const Tensor& like) {
  const auto& shape = like.shape();
  Shape order;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    int at = order.rank();
    while (at > 0 && like.strides()[static_cast<int>(order[at - 1])] < like.strides()[axis]) --at;
    order.insert(at, axis);
  }
  Shape strides = shape;
  std::int64_t stride = 1;
  for (int at = order.rank() - 1; at >= 0; --at) {
    strides[static_cast<int>(order[at])] = stride;
    stride *= std::max<std::int64_t>(shape[static_cast<int>(order[at])], 1);
  }
  return strides;
}

Shape channels_last_strides(const Shape& shape) {
  expects(shape.rank() == 4, "images have shape [batch, channels, height, width]");
  return {shape[1] * shape[2] * shape[3], 1, shape[3] * shape[1], shape[1]};
}

}  // namespace

Tensor::Tensor(const Shape& shape, DataType type) : Tensor(shape, row_major(shape), type) {}

Tensor::Tensor(const Shape& shape, const Shape& strides, DataType type)
    : shape_(shape), strides_(strides), type_(type) {
  for (const auto size : shape) expects(size >= 0, "a tensor's sizes are not negative");
  buffer_ = Buffer(static_cast<std::size_t>(shape.elements()) * size_of(type));
}

Tensor Tensor::zeros(const Shape& shape, DataType type) {
  Tensor tensor(shape, type);
  std::memset(tensor.mutable_bytes(), 0, static_cast<std::size_t>(shape.elements()) * size_of(type));
  return tensor;
}

Tensor Tensor::full(const Shape& shape, double value, DataType type) {
  Tensor tensor(shape, type);
  tensor.fill(value);
  return tensor;
}

template <class T>
Tensor Tensor::from(std::span<const T> values, const Shape& shape) {
  if (static_cast<std::int64_t>(values.size()) != shape.elements())
    throw std::invalid_argument(
        fmt::format("{} values don't make a tensor of shape {}", values.size(), to_string(shape)));
  Tensor tensor(shape, type_of<T>);
  if (!values.empty()) std::memcpy(tensor.mutable_bytes(), values.data(), values.size_bytes());
  return tensor;
}

Tensor Tensor::like(const Tensor& other, DataType type) {
  return {other.shape_, other.contiguous() ? other.strides_ : dense_strides(other), type};
}

Tensor Tensor::channels_last(const Shape& shape, DataType type) {
  return {shape, channels_last_strides(shape), type};
}

bool Tensor::contiguous() const {
  std::int64_t stride = 1;
  for (int axis = rank() - 1; axis >= 0; --axis) {
    if (shape_[axis] != 1 && strides_[axis] != stride) return false;
    stride *= shape_[axis];
  }
  return true;
}

bool Tensor::dense() const {
  if (contiguous()) return true;
  const auto strides = dense_strides(*this);
  for (int axis = 0; axis < rank(); ++axis)
    if (shape_[axis] != 1 && strides[axis] != strides_[axis]) return false;
  return true;
}

bool Tensor::is_channels_last() const {
  if (rank() != 4) return false;
  const auto strides = channels_last_strides(shape_);
  for (int axis = 0; axis < 4; ++axis)
    if (shape_[axis] != 1 && strides[axis] != strides_[axis]) return false;
  return true;
}

void Tensor::check_type(DataType asked) const {
  if (asked != type_)
    throw std::invalid_argument(
        fmt::format("elements are of type {}, not {}", to_string(type_), to_string(asked)));
}

double Tensor::item() const {
  if (elements() != 1)
    throw std::invalid_argument(fmt::format("a tensor of shape {} is not one number", to_string(shape_)));
  return to(DataType::f64).data<double>()[0];
}

template <class T>
std::vector<T> Tensor::values() const {
  const auto all = to(type_of<T>).to_contiguous();
  return {all.template data<T>(), all.template data<T>() + all.elements()};
}

Tensor Tensor::reshape(const Shape& shape) const {
  Shape wanted = shape;
  std::int64_t known = 1;
  int open = -1;
  for (int axis = 0; axis < wanted.rank(); ++axis) {
    if (wanted[axis] == -1 && open < 0)
      open = axis;
    else
      known *= wanted[axis];
  }
  if (open >= 0 && known > 0) wanted[open] = elements() / known;
  if (wanted.elements() != elements())
    throw std::invalid_argument(
        fmt::format("a tensor of shape {} can't be seen as {}", to_string(shape_), to_string(shape)));
  Tensor result = to_contiguous();
  result.shape_ = wanted;
  result.strides_ = row_major(wanted);
  return result;
}

Tensor Tensor::permute(const Shape& axes) const {
  expects(axes.rank() == rank(), "a permutation names each axis once");
  Tensor result = *this;
  unsigned seen = 0;
  for (int at = 0; at < rank(); ++at) {
    const int axis = axis_of(shape_, static_cast<int>(axes[at]));
    seen |= 1U << static_cast<unsigned>(axis);
    result.shape_[at] = shape_[axis];
    result.strides_[at] = strides_[axis];
  }
  expects(seen == (1U << static_cast<unsigned>(rank())) - 1, "a permutation names each axis once");
  return result;
}

Tensor Tensor::transpose(int a, int b) const {
  a = axis_of(shape_, a);
  b = axis_of(shape_, b);
  Tensor result = *this;
  std::swap(result.shape_[a], result.shape_[b]);
  std::swap(result.strides_[a], result.strides_[b]);
  return result;
}

Tensor Tensor::slice(int axis, std::int64_t from, std::int64_t count) const {
  axis = axis_of(shape_, axis);
  if (from < 0 || count < 0 || from > shape_[axis] - count)
    throw std::invalid_argument(
        fmt::format("{} elements from {} on are not in axis {} of {}", count, from, axis, to_string(shape_)));
  Tensor result = *this;
  result.offset_ += static_cast<std::size_t>(from * strides_[axis]) * size_of(type_);
  result.shape_[axis] = count;
  return result;
}

Tensor Tensor::expand(const Shape& shape) const {
  if (broadcast(shape_, shape) != shape)
    throw std::invalid_argument(
        fmt::format("a tensor of shape {} can't be repeated to {}", to_string(shape_), to_string(shape)));
  Tensor result = *this;
  result.shape_ = shape;
  result.strides_ = Shape::filled(shape.rank(), 0);
  const int missing = shape.rank() - rank();
  for (int axis = 0; axis < rank(); ++axis)
    if (shape_[axis] == shape[axis + missing]) result.strides_[axis + missing] = strides_[axis];
  return result;
}

Tensor Tensor::insert_axis(int axis) const {
  Tensor result = *this;
  if (axis < 0) axis += rank() + 1;
  result.shape_.insert(axis, 1);
  result.strides_.insert(axis, 1);
  return result;
}

Tensor Tensor::erase_axis(int axis) const {
  axis = axis_of(shape_, axis);
  expects(shape_[axis] == 1, "only an axis of size one can be left out");
  Tensor result = *this;
  result.shape_.erase(axis);
  result.strides_.erase(axis);
  return result;
}

Tensor Tensor::at(const Buffer& buffer, std::size_t offset, const Shape& shape, DataType type) {
  const auto bytes = static_cast<std::size_t>(shape.elements()) * size_of(type);
  expects(offset <= buffer.bytes() && bytes <= buffer.bytes() - offset, "a tensor lies within its buffer");
  Tensor result;
  result.buffer_ = buffer;
  result.offset_ = offset;
  result.shape_ = shape;
  result.strides_ = row_major(shape);
  result.type_ = type;
  return result;
}

Tensor Tensor::to_contiguous() const {
  if (contiguous()) return with_strides(row_major(shape_));
  Tensor result(shape_, type_);
  result.assign(*this);
  return result;
}

Tensor Tensor::to_channels_last() const {
  if (is_channels_last()) return with_strides(channels_last_strides(shape_));
  Tensor result = channels_last(shape_, type_);
  result.assign(*this);
  return result;
}

Tensor Tensor::with_strides(const Shape& strides) const {
  Tensor result = *this;
  result.strides_ = strides;
  return result;
}

Tensor Tensor::to(DataType type) const {
  if (type == type_) return *this;
  Tensor result = like(*this, type);
  result.assign(*this);
  return result;
}

Tensor Tensor::clone() const {
  Tensor result = like(*this);
  result.assign(*this);
  return result;
}

void Tensor::assign(const Tensor& source) {
  const auto repeated = source.shape_ == shape_ ? source : source.expand(shape_);
  std::byte* const to = mutable_bytes();
  with_type(type_, [&](auto target) {
    using To = decltype(target);
    with_type(source.type_, [&](auto value) {
      using From = decltype(value);
      const auto* const from = repeated.template data<From>();
      Walk<2>({this, &repeated}).rows([&](const auto& starts, const auto& steps, std::int64_t count) {
        copy_row(from + starts[1], steps[1], reinterpret_cast<To*>(to) + starts[0], steps[0], count);
      });
    });
  });
}

void Tensor::fill(double value) {
  std::byte* const to = mutable_bytes();
  with_type(type_, [&](auto target) {
    using To = decltype(target);
    const To converted = convert<To>(value);
    Walk<1>({this}).rows([&](const auto& starts, const auto& steps, std::int64_t count) {
      auto* const row = reinterpret_cast<To*>(to) + starts[0];
      for (std::int64_t i = 0; i < count; ++i) row[i * steps[0]] = converted;
    });
  });
}

#define REPRISE_INSTANTIATE(T)                                                    \
  template Tensor Tensor::from<T>(std::span<const T> values, const Shape& shape); \
  template std::vector<T> Tensor::values<T>() const;
REPRISE_INSTANTIATE(float)
REPRISE_INSTANTIATE(double)
REPRISE_INSTANTIATE(BFloat16)
REPRISE_INSTANTIATE(std::int8_t)
REPRISE_INSTANTIATE(std::uint8_t)
REPRISE_INSTANTIATE(std::int32_t)
#undef REPRISE_INSTANTIATE

}  // namespace reprise::nn
