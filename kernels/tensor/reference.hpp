#pragma once

#include "kernels/onednn/operations.hpp"

/// The operations of onednn/operations.hpp in f64, written for clarity: what gradients are checked in, and
/// what the fast ones are tested against.
namespace reprise::nn::reference {

using onednn::Elementwise;
using onednn::Pooling;

void elementwise(Elementwise kind, const Tensor& x, Tensor& y);
void elementwise_backward(Elementwise kind, const Tensor& x_or_y, const Tensor& dy, Tensor& dx);

void matmul(const Tensor& a, const Tensor& b, const Tensor* bias, Tensor& out);

void convolution(const Tensor& x, const Tensor& weights, const Tensor* bias,
                 const ConvolutionGeometry& geometry, Tensor& y);
void convolution_backward_data(const Tensor& dy, const Tensor& weights, const ConvolutionGeometry& geometry,
                               Tensor& dx);
void convolution_backward_weights(const Tensor& x, const Tensor& dy, const ConvolutionGeometry& geometry,
                                  Tensor& dweights, Tensor* dbias);

Tensor pooling(const Tensor& x, const Pooling& pooling, Tensor& y);
void pooling_backward(const Tensor& dy, const Pooling& pooling, const Tensor& chosen, Tensor& dx);

/// x [n, c] or [n, c, h, w]
void batch_norm(const Tensor& x, const Tensor& scale, const Tensor& shift, double epsilon, bool training,
                Tensor& mean, Tensor& variance, Tensor& y);

void layer_norm(const Tensor& x, const Tensor& scale, const Tensor& shift, double epsilon, Tensor& mean,
                Tensor& variance, Tensor& y);
void layer_norm_backward(const Tensor& x, const Tensor& dy, const Tensor& scale, double epsilon,
                         const Tensor& mean, const Tensor& variance, Tensor& dx, Tensor& dscale,
                         Tensor& dshift);

void softmax(const Tensor& x, bool logarithm, Tensor& y);
void softmax_backward(const Tensor& y, bool logarithm, const Tensor& dy, Tensor& dx);

}  // namespace reprise::nn::reference
