#pragma once

#include <cstdint>

/// Softmax of f32 rows, in two passes over each and vectorised: oneDNN 2.6 has no fast backward one for rows
/// that don't fill vectors.
namespace reprise::nn::row_softmax {

struct Size {
  std::int64_t rows;
  std::int64_t columns;
};

/// y = softmax(scale x), or its logarithm.
void forward(Size size, float scale, bool logarithm, const float* x, float* y);
/// The gradient with respect to x from that with respect to y, and y.
void backward(Size size, float scale, bool logarithm, const float* y, const float* dy, float* dx);

}  // namespace reprise::nn::row_softmax
