#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "kernels/tensor/tensor.hpp"

namespace reprise::nn {

/// What an image goes through before a vision transformer is evaluated on it, as timm does it.
struct ImageTransform {
  double crop_share = 0.875;  ///< of the resized image's shorter side, that is kept
  std::array<float, 3> mean{};
  std::array<float, 3> deviation{};
  std::int64_t side = 224;  ///< pixels, of the result

  /// Of the shorter side, in pixels: rounded down.
  [[nodiscard]] std::int64_t resized_side() const;
};

/// Of a model that vision_shape() knows. `crop_share`, where given, in place of the model's own: 0.9 for ViT
/// and Swin, 0.875 for DeiT, whose published numbers were also made with 0.9. Throws std::invalid_argument.
[[nodiscard]] ImageTransform transform_of(const std::string& model, std::optional<double> crop_share = {});

/// u8 [channels, height, width] of three channels, or of one that is repeated, to u8 [3, side, side]:
/// bicubic, the shorter side to resized_side(), then the middle.
[[nodiscard]] Tensor cropped(const Tensor& image, const ImageTransform& transform);
/// u8 [..., 3, height, width] to f32: (x / 255 - mean) / deviation of each channel.
[[nodiscard]] Tensor normalised(const Tensor& images, const ImageTransform& transform);

}  // namespace reprise::nn
