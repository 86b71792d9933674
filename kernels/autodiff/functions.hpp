#pragma once

#include "kernels/autodiff/variable.hpp"
#include "kernels/random/philox.hpp"
#include "kernels/tensor/operations.hpp"

/// Differentiable operations. Element by element, sizes of one are repeated as NumPy does. All throw
/// std::invalid_argument for shapes that don't go together.
namespace reprise::nn {

Variable operator+(const Variable& a, const Variable& b);
Variable operator-(const Variable& a, const Variable& b);
Variable operator*(const Variable& a, const Variable& b);
Variable operator/(const Variable& a, const Variable& b);
Variable operator+(const Variable& x, double shift);
Variable operator*(const Variable& x, double factor);
inline Variable operator+(double shift, const Variable& x) {
  return x + shift;
}
inline Variable operator-(const Variable& x, double shift) {
  return x + (-shift);
}
inline Variable operator*(double factor, const Variable& x) {
  return x * factor;
}
inline Variable operator/(const Variable& x, double divisor) {
  return x * (1 / divisor);
}
inline Variable operator-(const Variable& x) {
  return x * -1.0;
}
inline Variable operator-(double a, const Variable& x) {
  return -x + a;
}

Variable elementwise(Elementwise kind, const Variable& x);
inline Variable relu(const Variable& x) {
  return elementwise(Elementwise::relu, x);
}
inline Variable gelu(const Variable& x) {
  return elementwise(Elementwise::gelu_erf, x);
}
inline Variable gelu_tanh(const Variable& x) {
  return elementwise(Elementwise::gelu_tanh, x);
}
inline Variable tanh(const Variable& x) {
  return elementwise(Elementwise::tanh, x);
}
inline Variable sigmoid(const Variable& x) {
  return elementwise(Elementwise::sigmoid, x);
}
inline Variable softplus(const Variable& x) {
  return elementwise(Elementwise::softplus, x);
}
inline Variable exp(const Variable& x) {
  return elementwise(Elementwise::exp, x);
}
inline Variable log(const Variable& x) {
  return elementwise(Elementwise::log, x);
}
inline Variable sqrt(const Variable& x) {
  return elementwise(Elementwise::sqrt, x);
}
inline Variable square(const Variable& x) {
  return elementwise(Elementwise::square, x);
}
inline Variable abs(const Variable& x) {
  return elementwise(Elementwise::abs, x);
}

/// Over the given axes, which stay with size one; over everything, to a scalar, where none are given.
Variable sum(const Variable& x, const Shape& axes = {});
Variable mean(const Variable& x, const Shape& axes = {});
/// log of the sum of exp, along the last axis, which stays with size one.
Variable log_sum_exp(const Variable& x);
Variable log_mean_exp(const Variable& x);
Variable softmax(const Variable& x);      ///< along the last axis
Variable log_softmax(const Variable& x);  ///< along the last axis

/// [..., m, k] x [..., k, n]
Variable matmul(const Variable& a, const Variable& b);
/// x [..., in], weights [out, in] and bias [out] (may be absent): x weights^T + bias
Variable linear(const Variable& x, const Variable& weights, const Variable& bias = {});

/// x [n, in, h, w], weights [out, in / groups, kh, kw], bias [out] (may be absent)
Variable convolution(const Variable& x, const Variable& weights, const Variable& bias = {},
                     const ConvolutionGeometry& geometry = {});
Variable pooling(const Variable& x, const Pooling& window);
/// [n, c, h, w] to [n, c]
Variable global_average_pooling(const Variable& x);

/// Running moments of batch norm, [channels].
struct RunningMoments {
  Tensor mean;
  Tensor variance;
  double momentum = 0.1;
};
/// x [n, c] or [n, c, h, w], scale and shift [c]. In training with the batch's moments (biased variance),
/// which enter the running ones with weight `momentum` (the variance unbiased), as PyTorch does; else with
/// the running ones. S. Ioffe, C. Szegedy, "Batch normalization", ICML 2015.
Variable batch_norm(const Variable& x, const Variable& scale, const Variable& shift, RunningMoments& running,
                    bool training, double epsilon = 1e-5);
/// relu(batch_norm(...)) in one pass over memory.
Variable batch_norm_relu(const Variable& x, const Variable& scale, const Variable& shift,
                         RunningMoments& running, bool training, double epsilon = 1e-5);
/// relu(batch_norm(...) + added) in one pass over memory.
Variable batch_norm_add_relu(const Variable& x, const Variable& scale, const Variable& shift,
                             const Variable& added, RunningMoments& running, bool training,
                             double epsilon = 1e-5);
/// Over the last axis. J. Ba, J. Kiros, G. Hinton, "Layer normalization", 2016.
Variable layer_norm(const Variable& x, const Variable& scale, const Variable& shift, double epsilon = 1e-5);

Variable reshape(const Variable& x, const Shape& shape);
Variable permute(const Variable& x, const Shape& axes);
Variable transpose(const Variable& x, int a, int b);
Variable slice(const Variable& x, int axis, std::int64_t from, std::int64_t count);
Variable concatenate(const std::vector<Variable>& parts, int axis);
/// Repeated along axes of size one and along new ones in front.
Variable expand(const Variable& x, const Shape& shape);
/// Entries of the first axis: table [n, ...] to [indices, ...]. Throws std::out_of_range.
Variable gather(const Variable& table, const std::vector<std::int64_t>& indices);

/// Each element is zero with the given probability, else divided by what is left, so that the mean stays. N.
/// Srivastava et al., JMLR 15, 2014.
Variable dropout(const Variable& x, double probability, Philox& random);

/// softmax(q k^T / sqrt(d)) v for q [..., m, d], k [..., n, d] and v [..., n, e]. `mask`, where given, is
/// added before softmax. A. Vaswani et al., "Attention is all you need", NeurIPS 2017, equation 1.
Variable attention(const Variable& q, const Variable& k, const Variable& v, const Tensor& mask = {});
/// Attention of `heads` heads of tokens to each other: qkv [n, tokens, 3 heads d] holds queries, keys and
/// values of all heads one after another; to [n, tokens, heads d]. Nothing is copied into place.
Variable self_attention(const Variable& qkv, std::int64_t heads);

}  // namespace reprise::nn
