#include <fmt/format.h>

#include <stdexcept>

#include "kernels/products/convolution.hpp"
#include "kernels/tensor/operation_parts.hpp"
#include "kernels/tensor/operations.hpp"
#include "kernels/tensor/precision.hpp"
#include "kernels/tensor/reference.hpp"

// Products of matrices and convolutions: of tensors of operations.hpp, what sums products.
namespace reprise::nn {
namespace {

/// Whether factors are bf16, so that no other numbers may be multiplied in their place.
bool exact() {
  return precision() == Precision::bf16;
}

/// A factor as the precision in force wants it.
Tensor factor(const Tensor& x) {
  if (!exact() || x.type() != DataType::f32) return x;
  return onednn::has_bf16() ? x.to(DataType::bf16) : rounded_to_bf16(x);
}

bool is_ours(const Shape& weights, const Shape& y, const ConvolutionGeometry& geometry) {
  return !(exact() && onednn::has_bf16()) && products::suits(weights, y, geometry, exact());
}

/// Whether each matrix is dense along one of its axes and no axis is repeated.
bool multipliable(const Tensor& x) {
  const auto& strides = x.strides();
  for (int axis = 0; axis < x.rank(); ++axis)
    if (strides[axis] == 0 && x.size(axis) != 1) return false;
  const auto dense_along = [&](int inner, int outer) {
    return (strides[inner] == 1 || x.size(inner) == 1) &&
           (strides[outer] >= x.size(inner) || x.size(outer) == 1);
  };
  return dense_along(-1, -2) || dense_along(-2, -1);
}

Shape product_shape(const Tensor& a, const Tensor& b) {
  expects(a.rank() >= 2 && b.rank() >= 2, "matrices have two axes or more");
  if (a.size(-1) != b.size(-2))
    throw std::invalid_argument(
        fmt::format("matrices {} and {} don't multiply", to_string(a.shape()), to_string(b.shape())));
  Shape batch_a = a.shape();
  Shape batch_b = b.shape();
  batch_a[-2] = batch_a[-1] = batch_b[-2] = batch_b[-1] = 1;
  Shape shape = broadcast(batch_a, batch_b);
  shape[-2] = a.size(-2);
  shape[-1] = b.size(-1);
  return shape;
}

}  // namespace

void matmul_into(const Tensor& a, const Tensor& b, const Tensor* bias, Tensor& out) {
  if (a.type() != b.type() || (bias != nullptr && bias->elements() != b.size(-1)))
    throw std::invalid_argument(
        fmt::format("matrices {} and {} don't multiply", to_string(a.shape()), to_string(b.shape())));
  const auto shape = product_shape(a, b);
  expects(out.shape() == shape, "a product has a row for each row of a, a column for each column of b");
  if (out.elements() == 0) return;
  if (a.size(-1) == 0) {
    out.fill(0);
    if (bias != nullptr) out.assign(*bias);
    return;
  }
  if (a.type() == DataType::f64) return reference::matmul(a, b, bias, out);
  const auto extend = [&](const Tensor& x) {
    Tensor result = multipliable(x) ? x : x.to_contiguous();
    while (result.rank() < shape.rank()) result = result.insert_axis(0);
    return result;
  };
  onednn::matmul(extend(factor(a)), extend(factor(b)), bias, out);
}

Tensor matmul(const Tensor& a, const Tensor& b, const Tensor* bias) {
  Tensor out(product_shape(a, b), a.type() == DataType::bf16 ? DataType::f32 : a.type());
  matmul_into(a, b, bias, out);
  return out;
}

Tensor convolution(const Tensor& x, const Tensor& weights, const Tensor* bias,
                   const ConvolutionGeometry& geometry) {
  const auto from = images(x);
  expects(weights.rank() == 4, "weights have shape [out, in / groups, kernel height, kernel width]");
  if (x.size(1) != weights.size(1) * geometry.groups || weights.size(0) % geometry.groups != 0)
    throw std::invalid_argument(fmt::format("weights {} in {} groups don't go with images {}",
                                            to_string(weights.shape()), geometry.groups,
                                            to_string(x.shape())));
  Tensor y = Tensor::channels_last(
      {x.size(0), weights.size(0), windows(x.size(2), weights.size(2), geometry.stride, geometry.padding),
       windows(x.size(3), weights.size(3), geometry.stride, geometry.padding)},
      x.type());
  if (y.elements() == 0) return y;
  const auto plain = weights.to_contiguous();
  const auto fast = [&] {
    if (is_ours(plain.shape(), y.shape(), geometry))
      products::convolution(factor(from), factor(plain), bias, geometry, exact(), y);
    else
      onednn::convolution(factor(from), factor(plain), bias, geometry, y);
  };
  by_type(x, fast, [&] { reference::convolution(from, plain, bias, geometry, y); });
  return y;
}

Tensor convolution_backward_data(const Tensor& dy, const Tensor& weights, const Shape& x,
                                 const ConvolutionGeometry& geometry) {
  Tensor dx = Tensor::channels_last(x, dy.type());
  if (dx.elements() == 0) return dx;
  const auto from = images(dy);
  const auto plain = weights.to_contiguous();
  const auto fast = [&] {
    if (is_ours(plain.shape(), dy.shape(), geometry))
      products::convolution_backward_data(factor(from), factor(plain), geometry, exact(), dx);
    else
      onednn::convolution_backward_data(factor(from), factor(plain), geometry, dx);
  };
  by_type(dy, fast, [&] { reference::convolution_backward_data(from, plain, geometry, dx); });
  return dx;
}

void convolution_backward_weights(const Tensor& x, const Tensor& dy, const ConvolutionGeometry& geometry,
                                  Tensor& dweights, Tensor* dbias) {
  const auto from = images(x);
  const auto d = images(dy);
  const auto fast = [&] {
    const bool ours = is_ours(dweights.shape(), dy.shape(), geometry);
    if (ours)
      products::convolution_backward_weights(factor(from), factor(d), geometry, exact(), dweights);
    else
      onednn::convolution_backward_weights(factor(from), factor(d), geometry, dweights,
                                           exact() ? nullptr : dbias);
    if (dbias != nullptr && (ours || exact()))
      *dbias = sum_to(d, {1, d.size(1), 1, 1}).reshape(dbias->shape());
  };
  by_type(x, fast, [&] { reference::convolution_backward_weights(from, d, geometry, dweights, dbias); });
}

}  // namespace reprise::nn
