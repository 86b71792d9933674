#include "kernels/vision/image_transform.hpp"

#include <fmt/format.h>

#include <cmath>
#include <stdexcept>

#include "kernels/data/resize.hpp"
#include "kernels/expects.hpp"
#include "kernels/vision/vision_model.hpp"

namespace reprise::nn {

std::int64_t ImageTransform::resized_side() const {
  return static_cast<std::int64_t>(std::floor(static_cast<double>(side) / crop_share));
}

ImageTransform transform_of(const std::string& model, std::optional<double> crop_share) {
  const std::int64_t side = vision_shape(model).image;
  const double share = crop_share.value_or(model.starts_with("deit") ? 0.875 : 0.9);
  if (!(share > 0 && share <= 1))
    throw std::invalid_argument(fmt::format("a crop keeps a share of an image in (0, 1], not {}", share));
  if (model.starts_with("vit")) return {share, {0.5F, 0.5F, 0.5F}, {0.5F, 0.5F, 0.5F}, side};
  return {share, {0.485F, 0.456F, 0.406F}, {0.229F, 0.224F, 0.225F}, side};
}

Tensor cropped(const Tensor& image, const ImageTransform& transform) {
  expects(image.rank() == 3 && (image.size(0) == 1 || image.size(0) == 3) && image.type() == DataType::u8,
          "an image is u8 [channels, height, width] of one or three channels");
  const auto resized = resize_shorter_side(image, transform.resized_side(), Interpolation::bicubic);
  return centre_crop(resized, transform.side, transform.side)
      .expand({3, transform.side, transform.side})
      .to_contiguous();
}

Tensor normalised(const Tensor& images, const ImageTransform& transform) {
  expects(images.rank() >= 3 && images.size(-3) == 3 && images.type() == DataType::u8,
          "images are u8 [..., 3, height, width]");
  const auto from = images.to_contiguous();
  Tensor result(images.shape());
  const auto* pixel = from.data<std::uint8_t>();
  auto* to = result.mutable_data<float>();
  const std::int64_t area = images.size(-1) * images.size(-2);
  for (std::int64_t plane = 0; area > 0 && plane < images.elements() / area; ++plane) {
    const auto channel = static_cast<std::size_t>(plane % 3);
    std::array<float, 256> values{};
    for (std::size_t value = 0; value < values.size(); ++value)
      values[value] =
          (static_cast<float>(value) / 255.0F - transform.mean.at(channel)) / transform.deviation.at(channel);
    for (std::int64_t i = 0; i < area; ++i) *to++ = values[*pixel++];
  }
  return result;
}

}  // namespace reprise::nn
