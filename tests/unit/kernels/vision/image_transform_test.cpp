#include "kernels/vision/image_transform.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <numeric>

#include "kernels/data/resize.hpp"
#include "tests/unit/kernels/formula.hpp"

namespace reprise::nn {
namespace {

/// u8 [3, height, width]: noise on a ramp.
Tensor sample(std::int64_t width, std::int64_t height) {
  const auto hash = formula::fnv(fmt::format("img{}x{}", width, height));
  Tensor image({3, height, width}, DataType::u8);
  auto* const pixels = image.mutable_data<std::uint8_t>();
  for (std::int64_t y = 0; y < height; ++y)
    for (std::int64_t x = 0; x < width; ++x)
      for (std::int64_t c = 0; c < 3; ++c) {
        const auto noise = static_cast<std::int64_t>(
            256 * formula::uniform(hash, static_cast<std::uint64_t>((y * width + x) * 3 + c)));
        pixels[(c * height + y) * width + x] = static_cast<std::uint8_t>(noise / 2 + (3 * x + 5 * y) % 128);
      }
  return image;
}

std::vector<int> pixel(const Tensor& image, std::int64_t row, std::int64_t column) {
  return image.slice(1, row, 1).slice(2, column, 1).values<std::int32_t>();
}

struct Expected {
  std::int64_t width, height, resized_width, top, left;
  std::vector<int> first, inner;  ///< pixels (0, 0) and (100, 50) of the resized image
};

// What Pillow and timm make of the same pixels.
TEST(ImageTransform, IsTimmsOfAVisionTransformer) {
  const auto transform = transform_of("vit_base");
  ASSERT_EQ(transform.resized_side(), 248);
  for (const auto& expected : {Expected{500, 375, 330, 12, 53, {63, 79, 40}, {153, 139, 157}},
                               Expected{333, 500, 248, 74, 12, {74, 41, 87}, {168, 185, 211}},
                               Expected{501, 377, 329, 12, 52, {}, {}}}) {
    const auto image = sample(expected.width, expected.height);
    const auto resized = resize_shorter_side(image, transform.resized_side(), Interpolation::bicubic);
    EXPECT_EQ(resized.size(2), expected.resized_width);
    if (!expected.first.empty()) {
      EXPECT_EQ(pixel(resized, 0, 0), expected.first);
      EXPECT_EQ(pixel(resized, 100, 50), expected.inner);
    }
    const auto crop = cropped(image, transform);
    ASSERT_EQ(crop.shape(), Shape({3, 224, 224}));
    EXPECT_EQ(crop.values<float>(),
              resized.slice(1, expected.top, 224).slice(2, expected.left, 224).values<float>());
  }
  const auto image = sample(500, 375);
  const auto resized = resize_shorter_side(image, 248, Interpolation::bicubic).values<double>();
  EXPECT_NEAR(std::accumulate(resized.begin(), resized.end(), 0.0) / static_cast<double>(resized.size()),
              127.01426, 1e-5);
  EXPECT_NEAR(normalised(cropped(image, transform), transform).values<float>()[0], -.06666666, 1e-7);
}

TEST(ImageTransform, SwinAndDeitNormaliseByTheDataSetsMoments) {
  for (const auto* const model : {"swin_tiny", "deit_base"}) {
    const auto transform = transform_of(model);
    EXPECT_EQ(transform.resized_side(), model == std::string("swin_tiny") ? 248 : 256);
    const auto x = normalised(Tensor::full({2, 3, 1, 1}, 255, DataType::u8), transform).values<float>();
    EXPECT_NEAR(x[0], (1 - .485) / .229, 1e-6);
    EXPECT_NEAR(x[4], (1 - .456) / .224, 1e-6);
    EXPECT_NEAR(x[5], (1 - .406) / .225, 1e-6);
  }
  EXPECT_EQ(transform_of("deit_base", 0.9).resized_side(), 248);
}

TEST(ImageTransform, RepeatsGray) {
  const auto transform = transform_of("deit_tiny");
  const auto gray = sample(300, 300).slice(0, 1, 1);
  const auto crop = cropped(gray, transform);
  EXPECT_EQ(crop.slice(0, 0, 1).values<float>(), crop.slice(0, 2, 1).values<float>());
  EXPECT_EQ(crop.size(0), 3);
}

TEST(ImageTransform, RefusesOtherModelsAndShares) {
  EXPECT_THROW(static_cast<void>(transform_of("resnet50")), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(transform_of("deit_tiny", 1.1)), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(cropped(Tensor({3, 300, 300}), transform_of("deit_tiny"))),
               std::invalid_argument);
}

}  // namespace
}  // namespace reprise::nn
