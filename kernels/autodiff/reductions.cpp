#include <cmath>

#include "kernels/autodiff/functions.hpp"

namespace reprise::nn {
namespace {

/// Of a sum: without axes a scalar, else with sizes of one.
Shape shape_of_sum(const Shape& shape, const Shape& axes) {
  return axes.rank() == 0 ? Shape{} : reduced(shape, axes);
}

}  // namespace

Variable sum(const Variable& x, const Shape& axes) {
  const auto shape = reduced(x.shape(), axes);
  return record(sum_to(x.value(), shape).reshape(shape_of_sum(x.shape(), axes)), {x},
                [x, shape](const Tensor& dy) { x.add_gradient(dy.reshape(shape).expand(x.shape())); });
}

Variable mean(const Variable& x, const Shape& axes) {
  const auto count = x.value().elements() / reduced(x.shape(), axes).elements();
  return sum(x, axes) / static_cast<double>(count);
}

Variable log_sum_exp(const Variable& x) {
  const auto most = row_maximum(x.value());
  const auto shifted = binary(Binary::subtract, x.value(), most);
  const auto total = sum_to(elementwise(Elementwise::exp, shifted), most.shape());
  const auto y = binary(Binary::add, elementwise(Elementwise::log, total), most);
  return record(y, {x}, [x, y](const Tensor& dy) {
    const auto weights = elementwise(Elementwise::exp, binary(Binary::subtract, x.value(), y));
    x.add_gradient(binary(Binary::multiply, weights, dy));
  });
}

Variable log_mean_exp(const Variable& x) {
  return log_sum_exp(x) - std::log(static_cast<double>(x.size(-1)));
}

Variable softmax(const Variable& x) {
  const auto y = softmax(x.value(), false);
  return record(y, {x}, [x, y](const Tensor& dy) { x.add_gradient(softmax_backward(y, false, dy)); });
}

Variable log_softmax(const Variable& x) {
  const auto y = softmax(x.value(), true);
  return record(y, {x}, [x, y](const Tensor& dy) { x.add_gradient(softmax_backward(y, true, dy)); });
}

}  // namespace reprise::nn
