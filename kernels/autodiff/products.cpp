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

namespace {

/// [n, tokens, parts heads d] as `parts` views [n, heads, tokens, d].
std::vector<Tensor> by_head(const Tensor& all, std::int64_t parts, std::int64_t heads) {
  const auto split = all.reshape({all.size(0), all.size(1), parts, heads, all.size(2) / parts / heads});
  std::vector<Tensor> views;
  for (std::int64_t part = 0; part < parts; ++part)
    views.push_back(split.slice(2, part, 1).erase_axis(2).transpose(1, 2));
  return views;
}

}  // namespace

Variable self_attention(const Variable& qkv, std::int64_t heads) {
  expects(qkv.shape().rank() == 3 && qkv.size(2) % (3 * heads) == 0,
          "queries, keys and values of each head are of one length");
  const auto in = by_head(qkv.value().to_contiguous(), 3, heads);
  const double scale = 1 / std::sqrt(static_cast<double>(in[0].size(-1)));
  const auto weights = softmax(matmul(in[0], in[1].transpose(-1, -2)), false, scale);
  Tensor y({qkv.size(0), qkv.size(1), qkv.size(2) / 3}, qkv.value().type());
  auto mixed = by_head(y, 1, heads)[0];
  matmul_into(weights, in[2], nullptr, mixed);
  return record(y, {qkv}, [qkv, in, weights, heads, scale](const Tensor& dy) {
    const auto d = by_head(dy.to_contiguous(), 1, heads)[0];
    Tensor dqkv(qkv.shape(), dy.type());
    auto out = by_head(dqkv, 3, heads);
    matmul_into(weights.transpose(-1, -2), d, nullptr, out[2]);
    const auto dscores = softmax_backward(weights, false, matmul(d, in[2].transpose(-1, -2)), scale);
    matmul_into(dscores, in[1], nullptr, out[0]);
    matmul_into(dscores.transpose(-1, -2), in[0], nullptr, out[1]);
    qkv.add_gradient(dqkv);
  });
}

}  // namespace reprise::nn
