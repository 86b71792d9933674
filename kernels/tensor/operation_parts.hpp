#pragma once

#include "kernels/expects.hpp"
#include "kernels/tensor/data_type.hpp"
#include "kernels/tensor/tensor.hpp"

/// What the implementations of operations.hpp share.
namespace reprise::nn {

/// Calls one of two implementations with the same arguments.
template <class Fast, class Reference>
auto by_type(const Tensor& x, const Fast& fast, const Reference& reference) {
  if (x.type() == DataType::f64) return reference();
  if (x.type() != DataType::f32) refuse_type(x.type());
  return fast();
}

/// Channels last.
inline Tensor images(const Tensor& x) {
  expects(x.rank() == 4, "images have shape [batch, channels, height, width]");
  return x.to_channels_last();
}

/// How many windows fit.
inline std::int64_t windows(std::int64_t size, std::int64_t window, std::int64_t stride,
                            std::int64_t padding) {
  const std::int64_t room = size + 2 * padding - window;
  expects(stride > 0 && padding >= 0 && room >= 0, "a window fits into the padded image");
  return room / stride + 1;
}

}  // namespace reprise::nn
