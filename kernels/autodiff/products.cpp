#include <cmath>

#include "kernels/autodiff/functions.hpp"
#include "kernels/expects.hpp"

namespace reprise::nn {

Variable matmul(const Variable& a, const Variable& b) {
  return record(matmul(a.value(), b.value()), {a, b}, [a, b](const Tensor& dy) {
    if (a.wants_gradient()) a.add_gradient(sum_to(matmul(dy, b.value().transpose(-1, -2)), a.shape()));
    if (b.wants_gradient()) b.add_gradient(sum_to(matmul(a.value().transpose(-1, -2), dy), b.shape()));
  });
}

Variable linear(const Variable& x, const Variable& weights, const Variable& bias) {
  expects(weights.shape().rank() == 2 && x.size(-1) == weights.size(1),
          "weights [out, in] go with rows of `in` numbers");
  const auto rows = x.value().reshape({x.value().elements() / x.size(-1), x.size(-1)});
  Shape shape = x.shape();
  shape[-1] = weights.size(0);
  const auto y = matmul(rows, weights.value().transpose(0, 1), bias ? &bias.value() : nullptr).reshape(shape);
  std::vector<Variable> inputs{x, weights};
  if (bias) inputs.push_back(bias);
  return record(y, std::move(inputs), [x, weights, bias, rows](const Tensor& dy) {
    const auto d = dy.reshape({rows.size(0), weights.size(0)});
    if (x.wants_gradient()) x.add_gradient(matmul(d, weights.value()).reshape(x.shape()));
    if (weights.wants_gradient()) weights.add_gradient(matmul(d.transpose(0, 1), rows));
    if (bias && bias.wants_gradient()) bias.add_gradient(sum_to(d, {1, d.size(1)}).reshape(bias.shape()));
  });
}

Variable attention(const Variable& q, const Variable& k, const Variable& v, const Tensor& mask) {
  const double scale = 1 / std::sqrt(static_cast<double>(q.size(-1)));
  auto scores = matmul(q * scale, transpose(k, -1, -2));
  if (mask) scores = scores + mask;
  return matmul(softmax(scores), v);
}

}  // namespace reprise::nn
