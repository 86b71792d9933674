#pragma once

#include "kernels/tensor/convolution_geometry.hpp"
#include "kernels/tensor/tensor.hpp"

/// The only door to oneDNN: its primitives on tensors. Another version of oneDNN is another implementation of
/// this folder. Tensors are dense, and f32 where nothing else is said; outputs are given with their shapes
/// and are written over. Primitives are made once for each combination of shapes.
namespace reprise::nn::onednn {

enum class Elementwise { relu, gelu_erf, gelu_tanh, tanh, sigmoid, softplus, exp, log, sqrt, square, abs };

void elementwise(Elementwise kind, const Tensor& x, Tensor& y);
/// dx from dy and from x or, for those whose derivative is a function of their value (relu, tanh, sigmoid,
/// exp, sqrt), from y; see needs_output.
void elementwise_backward(Elementwise kind, const Tensor& x_or_y, const Tensor& dy, Tensor& dx);
[[nodiscard]] bool needs_output(Elementwise kind);

/// out [..., m, n] = a [..., m, k] b [..., k, n] (+ bias [n]); any strides, batches of size one are repeated.
/// Factors may be bf16.
void matmul(const Tensor& a, const Tensor& b, const Tensor* bias, Tensor& out);

/// What a product of whole numbers becomes before it is written: unit[j] (sum[i, j] + bias[j]), plus what is
/// there where `add`, then GELU (erf) where `gelu`. unit and bias are f32 [n]. There is a primitive for each
/// set of units: oneDNN 2.6's best products on VNNI and AMX take none that are given at run time.
struct IntegerEpilogue {
  Tensor unit;
  Tensor bias;
  bool add = false;
  bool gelu = false;
};
/// The same of whole numbers: a u8, b s8, out s32; or f32 [m, n] with an epilogue. Weights, which come again,
/// are reordered once. Sums are exact where products are not saturated (saturates_products), or two of them
/// in a row lie within 16 bits.
void integer_matmul(const Tensor& a, const Tensor& b, bool weights, const IntegerEpilogue* epilogue,
                    Tensor& out);
/// Whether this machine, held to the run's instruction set, sums pairs of u8 x s8 products in 16 bits,
/// cutting off what is larger. (oneDNN 2.6 makes u8 of s8 there, which is no way out.)
[[nodiscard]] bool saturates_products();

/// y [n, out, h', w'] = x [n, in, h, w] * weights [out, in / groups, kh, kw] (+ bias [out]); x and y channels
/// last. Factors may be bf16.
void convolution(const Tensor& x, const Tensor& weights, const Tensor* bias,
                 const ConvolutionGeometry& geometry, Tensor& y);
void convolution_backward_data(const Tensor& dy, const Tensor& weights, const ConvolutionGeometry& geometry,
                               Tensor& dx);
void convolution_backward_weights(const Tensor& x, const Tensor& dy, const ConvolutionGeometry& geometry,
                                  Tensor& dweights, Tensor* dbias);

struct Pooling {
  enum class Kind { max, average } kind = Kind::max;  ///< averages leave padding out
  std::int64_t height = 2;
  std::int64_t width = 2;
  std::int64_t stride = 2;
  std::int64_t padding = 0;
};
/// Returns what the backward pass of a maximum needs (an empty tensor for an average).
Tensor pooling(const Tensor& x, const Pooling& pooling, Tensor& y);
void pooling_backward(const Tensor& dy, const Pooling& pooling, const Tensor& chosen, Tensor& dx);

/// Normalises each row of x [rows, n]; mean and variance [rows] are written.
void layer_norm(const Tensor& x, const Tensor& scale, const Tensor& shift, double epsilon, Tensor& mean,
                Tensor& variance, Tensor& y);
void layer_norm_backward(const Tensor& x, const Tensor& dy, const Tensor& scale, double epsilon,
                         const Tensor& mean, const Tensor& variance, Tensor& dx, Tensor& dscale,
                         Tensor& dshift);

/// Whether this machine, held to the run's instruction set, multiplies bf16.
[[nodiscard]] bool has_bf16();

}  // namespace reprise::nn::onednn
