#include "kernels/tensor/shape.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <stdexcept>

#include "kernels/expects.hpp"

namespace reprise::nn {

Shape::Shape(std::span<const std::int64_t> sizes) {
  for (const auto size : sizes) append(size);
}

Shape Shape::filled(int rank, std::int64_t value) {
  Shape shape;
  for (int axis = 0; axis < rank; ++axis) shape.append(value);
  return shape;
}

std::int64_t Shape::elements() const {
  std::int64_t product = 1;
  for (const auto size : *this) product *= size;
  return product;
}

void Shape::append(std::int64_t size) {
  insert(rank_, size);
}

void Shape::erase(int axis) {
  axis = axis_of(*this, axis);
  for (int at = axis; at + 1 < rank_; ++at) sizes_[static_cast<std::size_t>(at)] = (*this)[at + 1];
  --rank_;
}

void Shape::insert(int axis, std::int64_t size) {
  expects(rank_ < kMaxRank, "a tensor has at most six axes");
  expects(axis >= 0 && axis <= rank_, "an axis is inserted before, between or after those that there are");
  ++rank_;
  for (int at = rank_ - 1; at > axis; --at) sizes_[static_cast<std::size_t>(at)] = (*this)[at - 1];
  sizes_[static_cast<std::size_t>(axis)] = size;
}

std::string to_string(const Shape& shape) {
  return fmt::format("[{}]", fmt::join(shape.begin(), shape.end(), ", "));
}

Shape row_major(const Shape& shape) {
  Shape strides = shape;
  std::int64_t stride = 1;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

Shape broadcast(const Shape& a, const Shape& b) {
  if (a.rank() < b.rank()) return broadcast(b, a);
  Shape result = a;
  const int missing = a.rank() - b.rank();
  for (int axis = 0; axis < b.rank(); ++axis) {
    auto& size = result[axis + missing];
    if (size == 1) size = b[axis];
    if (b[axis] != 1 && b[axis] != size)
      throw std::invalid_argument(
          fmt::format("shapes {} and {} don't go together element by element", to_string(a), to_string(b)));
  }
  return result;
}

int axis_of(const Shape& shape, int axis) {
  const int counted = axis < 0 ? axis + shape.rank() : axis;
  if (counted < 0 || counted >= shape.rank())
    throw std::invalid_argument(fmt::format("there is no axis {} in {}", axis, to_string(shape)));
  return counted;
}

}  // namespace reprise::nn
