#pragma once

#include "kernels/tensor/convolution_geometry.hpp"
#include "kernels/tensor/tensor.hpp"

/// Convolutions of f32 images that lie channels last, as products of matrices. Arguments as in
/// onednn/operations.hpp.
namespace reprise::nn::products {

/// Whether these are the faster ones: one group, and many channels on both sides. y [n, out, h', w'].
[[nodiscard]] bool suits(const Shape& weights, const Shape& y, const ConvolutionGeometry& geometry,
                         bool exact);

/// `exact`: no transformed numbers, products of the images' and the weights' own.
void convolution(const Tensor& x, const Tensor& weights, const Tensor* bias,
                 const ConvolutionGeometry& geometry, bool exact, Tensor& y);
void convolution_backward_data(const Tensor& dy, const Tensor& weights, const ConvolutionGeometry& geometry,
                               bool exact, Tensor& dx);
void convolution_backward_weights(const Tensor& x, const Tensor& dy, const ConvolutionGeometry& geometry,
                                  bool exact, Tensor& dweights);

}  // namespace reprise::nn::products
