#pragma once

#include <cstdint>

#include "kernels/tensor/tensor.hpp"

namespace reprise::nn {

/// How a pixel is made of those around it.
enum class Interpolation : std::uint8_t {
  bilinear,  ///< a triangle of radius 1
  bicubic,   ///< Keys' cubic convolution with a = -1/2, of radius 2 (IEEE Trans. ASSP 29, 1981)
};

/// Resizes the last two axes of `image` [..., height, width], u8 or f32, to `height` x `width` > 0. Where
/// that shrinks, the kernel is stretched by the same factor, so that no detail is aliased: as Pillow does,
/// whose numbers these are bit for bit (rows first, then columns; u8 in fixed point of 22 bits, rounded and
/// clamped to 0..255 after each of the two; f32 summed in f64). Throws std::invalid_argument for other types,
/// fewer than two axes and sizes of zero.
[[nodiscard]] Tensor resize(const Tensor& image, std::int64_t height, std::int64_t width, Interpolation how);

/// Resizes so that the shorter side becomes `size` and the other one keeps the ratio, rounded down: as
/// torchvision's Resize(size).
[[nodiscard]] Tensor resize_shorter_side(const Tensor& image, std::int64_t size, Interpolation how);

/// The middle `height` x `width` of the last two axes, a view. Where one row or column more is on one side,
/// the start is rounded half to even, as torchvision's CenterCrop does. Throws std::invalid_argument for a
/// smaller image.
[[nodiscard]] Tensor centre_crop(const Tensor& image, std::int64_t height, std::int64_t width);

}  // namespace reprise::nn
