#pragma once

#include <span>

#include "kernels/onednn/operations.hpp"
#include "kernels/tensor/loops.hpp"
#include "kernels/tensor/tensor.hpp"

/// Operations on tensors that return new tensors: f32 through oneDNN and vectorised loops, f64 through
/// reference.hpp. Both factors of an operation have one type. Shapes are checked (std::invalid_argument).
namespace reprise::nn {

using loops::Binary;
using onednn::Elementwise;
using onednn::Pooling;

/// a op b, element by element, sizes of one repeated.
[[nodiscard]] Tensor binary(Binary op, const Tensor& a, const Tensor& b);
/// factor x + shift
[[nodiscard]] Tensor affine(const Tensor& x, double factor, double shift = 0);
/// sum += factor x; x is repeated where needed.
void accumulate(Tensor& sum, const Tensor& x, double factor = 1);

[[nodiscard]] Tensor elementwise(Elementwise kind, const Tensor& x);
[[nodiscard]] Tensor elementwise_backward(Elementwise kind, const Tensor& x_or_y, const Tensor& dy);

/// Summed over the axes that `shape` lacks or has with size one: undoes a broadcast. Sums are taken in
/// double.
[[nodiscard]] Tensor sum_to(const Tensor& x, const Shape& shape);
/// The shape with sizes of one in the given axes; all axes where none are given.
[[nodiscard]] Shape reduced(const Shape& shape, const Shape& axes);
/// The largest element along the last axis, [..., 1].
[[nodiscard]] Tensor row_maximum(const Tensor& x);

/// [..., m, k] x [..., k, n] (+ bias [n])
[[nodiscard]] Tensor matmul(const Tensor& a, const Tensor& b, const Tensor* bias = nullptr);
/// The same into `out`, whose rows are each dense.
void matmul_into(const Tensor& a, const Tensor& b, const Tensor* bias, Tensor& out);

[[nodiscard]] Tensor convolution(const Tensor& x, const Tensor& weights, const Tensor* bias,
                                 const ConvolutionGeometry& geometry);
[[nodiscard]] Tensor convolution_backward_data(const Tensor& dy, const Tensor& weights, const Shape& x,
                                               const ConvolutionGeometry& geometry);
void convolution_backward_weights(const Tensor& x, const Tensor& dy, const ConvolutionGeometry& geometry,
                                  Tensor& dweights, Tensor* dbias);

struct Pooled {
  Tensor y;
  Tensor chosen;  ///< what pooling_backward needs
};
[[nodiscard]] Pooled pooling(const Tensor& x, const Pooling& pooling);
[[nodiscard]] Tensor pooling_backward(const Tensor& dy, const Pooling& pooling, const Tensor& chosen,
                                      const Shape& x);

struct Moments {
  Tensor mean;
  Tensor variance;  ///< biased
};
/// x [n, c] or [n, c, h, w]; with the batch's own moments where `training`, which are written to `moments`.
/// `added`, of x's shape, is added where it is a tensor; where `rectify`, zero instead of less.
[[nodiscard]] Tensor batch_norm(const Tensor& x, const Tensor& scale, const Tensor& shift, double epsilon,
                                bool training, bool rectify, Moments& moments, const Tensor& added = {});
struct NormGradients {
  Tensor dx, dscale, dshift;
  Tensor dadded;  ///< where it is asked for
};
/// `rectified`: what batch_norm returned where it rectified, else no tensor.
[[nodiscard]] NormGradients batch_norm_backward(const Tensor& x, const Tensor& rectified, const Tensor& dy,
                                                const Tensor& scale, double epsilon, const Moments& moments,
                                                bool added = false);

/// Over the last axis of x.
[[nodiscard]] Tensor layer_norm(const Tensor& x, const Tensor& scale, const Tensor& shift, double epsilon,
                                Moments& moments);
[[nodiscard]] NormGradients layer_norm_backward(const Tensor& x, const Tensor& dy, const Tensor& scale,
                                                double epsilon, const Moments& moments);

/// softmax(scale x) over the last axis of x, or its logarithm.
[[nodiscard]] Tensor softmax(const Tensor& x, bool logarithm, double scale = 1);
[[nodiscard]] Tensor softmax_backward(const Tensor& y, bool logarithm, const Tensor& dy, double scale = 1);

/// Along an axis, in order.
[[nodiscard]] Tensor concatenate(std::span<const Tensor> parts, int axis);

}  // namespace reprise::nn
