#include "kernels/data/augment.hpp"

#include <algorithm>

#include "kernels/expects.hpp"
#include "kernels/random/distributions.hpp"

namespace reprise::nn {
namespace {

/// The purposes for which augmentations draw.
enum class Purpose : std::uint64_t { flip = 0x666c6970, crop = 0x63726f70 };

Philox random_of(const AugmentationDraws& draws, Purpose purpose, std::int64_t image) {
  const auto key = derive(derive(draws.key, static_cast<std::uint64_t>(purpose)), draws.epoch);
  return {key, static_cast<std::uint64_t>(draws.samples[static_cast<std::size_t>(image)])};
}

void expect_images(const Tensor& images, const AugmentationDraws& draws) {
  expects(images.rank() == 4 && images.type() == DataType::f32,
          "images to augment are f32 [batch, channels, height, width]");
  expects(images.size(0) == static_cast<std::int64_t>(draws.samples.size()),
          "each image to augment has its number in the data set");
}

}  // namespace

Tensor random_flip(const Tensor& images, const AugmentationDraws& draws, double probability) {
  expect_images(images, draws);
  expects(probability >= 0.0 && probability <= 1.0, "a probability is from 0 to 1");
  const auto source = images.to_contiguous();
  Tensor flipped(images.shape());
  const auto width = images.size(3);
  const auto rows = images.size(1) * images.size(2);
  const auto* in = source.data<float>();
  auto* out = flipped.mutable_data<float>();
  for (std::int64_t image = 0; image < images.size(0); ++image) {
    auto random = random_of(draws, Purpose::flip, image);
    const bool mirror = uniform(random) < probability;
    for (std::int64_t row = 0; row < rows; ++row, in += width, out += width) {
      if (mirror)
        std::reverse_copy(in, in + width, out);
      else
        std::copy(in, in + width, out);
    }
  }
  return flipped;
}

Tensor random_crop(const Tensor& images, const AugmentationDraws& draws, std::int64_t padding) {
  expect_images(images, draws);
  expects(padding >= 0, "padding is zero or more pixels");
  const auto source = images.to_contiguous();
  auto cropped = Tensor::zeros(images.shape());
  const auto height = images.size(2);
  const auto width = images.size(3);
  const auto* in = source.data<float>();
  auto* out = cropped.mutable_data<float>();
  for (std::int64_t image = 0; image < images.size(0); ++image) {
    auto random = random_of(draws, Purpose::crop, image);
    const auto places = static_cast<std::uint64_t>(2 * padding + 1);
    const auto down = static_cast<std::int64_t>(uniform_below(random, places)) - padding;
    const auto right = static_cast<std::int64_t>(uniform_below(random, places)) - padding;
    // Pixel (y, x) is the image's (y + down, x + right), where there is one.
    const auto first = std::clamp<std::int64_t>(-right, 0, width);
    const auto last = std::clamp<std::int64_t>(width - right, first, width);
    const auto top = std::max<std::int64_t>(-down, 0);
    const auto bottom = first < last ? std::min(height - down, height) : top;
    for (std::int64_t channel = 0; channel < images.size(1); ++channel) {
      for (auto y = top; y < bottom; ++y)
        std::copy_n(in + (y + down) * width + first + right, last - first, out + y * width + first);
      in += height * width;
      out += height * width;
    }
  }
  return cropped;
}

}  // namespace reprise::nn
