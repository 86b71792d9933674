#pragma once

#include "kernels/tensor/tensor.hpp"

/// Convolutions of 3 x 3 weights with stride 1 through transformed tiles (winograd_tiles.hpp): 2.25 times
/// fewer products. Rounding errors are about twice those of the plain sums (a test compares them). Without
/// bias.
namespace reprise::nn::products {

/// x [n, in, h, w] and y [n, out, h', w'] channels last, weights [out, in, 3, 3].
void winograd(const Tensor& x, const Tensor& weights, std::int64_t padding, Tensor& y);
void winograd_backward_data(const Tensor& dy, const Tensor& weights, std::int64_t padding, Tensor& dx);
void winograd_backward_weights(const Tensor& x, const Tensor& dy, std::int64_t padding, Tensor& dweights);

}  // namespace reprise::nn::products
