#include <fmt/format.h>

#include <stdexcept>

#include "kernels/autodiff/functions.hpp"

namespace reprise::nn {

Variable reshape(const Variable& x, const Shape& shape) {
  return record(x.value().reshape(shape), {x},
                [x](const Tensor& dy) { x.add_gradient(dy.reshape(x.shape())); });
}

Variable permute(const Variable& x, const Shape& axes) {
  Shape inverse = axes;
  for (int at = 0; at < axes.rank(); ++at) inverse[axis_of(x.shape(), static_cast<int>(axes[at]))] = at;
  return record(x.value().permute(axes), {x},
                [x, inverse](const Tensor& dy) { x.add_gradient(dy.permute(inverse)); });
}

Variable transpose(const Variable& x, int a, int b) {
  return record(x.value().transpose(a, b), {x},
                [x, a, b](const Tensor& dy) { x.add_gradient(dy.transpose(a, b)); });
}

Variable slice(const Variable& x, int axis, std::int64_t from, std::int64_t count) {
  return record(x.value().slice(axis, from, count), {x}, [x, axis, from, count](const Tensor& dy) {
    Tensor dx = Tensor::zeros(x.shape(), dy.type());
    dx.slice(axis, from, count).assign(dy);
    x.add_gradient(dx);
  });
}

Variable concatenate(const std::vector<Variable>& parts, int axis) {
  std::vector<Tensor> values;
  values.reserve(parts.size());
  for (const auto& part : parts) values.push_back(part.value());
  return record(concatenate(values, axis), parts, [parts, axis](const Tensor& dy) {
    std::int64_t from = 0;
    for (const auto& part : parts) {
      part.add_gradient(dy.slice(axis, from, part.size(axis)));
      from += part.size(axis);
    }
  });
}

Variable expand(const Variable& x, const Shape& shape) {
  return record(x.value().expand(shape), {x},
                [x](const Tensor& dy) { x.add_gradient(sum_to(dy, x.shape())); });
}

Variable gather(const Variable& table, const std::vector<std::int64_t>& indices) {
  Shape shape = table.shape();
  shape[0] = static_cast<std::int64_t>(indices.size());
  Tensor rows(shape, table.value().type());
  for (std::size_t i = 0; i < indices.size(); ++i) {
    if (indices[i] < 0 || indices[i] >= table.size(0))
      throw std::out_of_range(fmt::format("there is no row {} in a table of {}", indices[i], table.size(0)));
    rows.slice(0, static_cast<std::int64_t>(i), 1).assign(table.value().slice(0, indices[i], 1));
  }
  return record(rows, {table}, [table, indices](const Tensor& dy) {
    Tensor dx = Tensor::zeros(table.shape(), dy.type());
    for (std::size_t i = 0; i < indices.size(); ++i) {
      Tensor row = dx.slice(0, indices[i], 1);
      accumulate(row, dy.slice(0, static_cast<std::int64_t>(i), 1));
    }
    table.add_gradient(dx);
  });
}

}  // namespace reprise::nn
