#include "kernels/vision/windows.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace reprise::nn {
namespace {

Tensor counted(const Shape& shape) {
  std::vector<float> values(static_cast<std::size_t>(shape.elements()));
  std::iota(values.begin(), values.end(), 0.0F);
  return Tensor::from(values, shape);
}

TEST(Windows, ShiftedOnesWrapAroundTheImage) {
  // 4 x 4 tokens in windows of 2, shifted by 1: the last one holds the four corners.
  const std::vector<std::int64_t> expected{5, 6, 9, 10, 7, 4, 11, 8, 13, 14, 1, 2, 15, 12, 3, 0};
  EXPECT_EQ(window_order(4, 2, 1), expected);
}

TEST(Windows, TokensComeBackToTheirPlaces) {
  const auto x = counted({2, 36, 5});
  for (const std::int64_t shift : {0, 1}) {
    const auto order = window_order(6, 3, shift);
    EXPECT_EQ(put_back(reordered(x, order), order).values<float>(), x.values<float>());
    EXPECT_NE(reordered(x, order).values<float>(), x.values<float>());
  }
}

TEST(Windows, MaskedAreTokensThatTheShiftBroughtTogether) {
  const std::int64_t grid = 6;
  const std::int64_t window = 3;
  const std::int64_t shift = 1;
  const auto mask = shift_mask(grid, window, shift, DataType::f64);
  ASSERT_EQ(mask.shape(), Shape({4, 1, 9, 9}));
  const auto values = mask.values<double>();
  const auto order = window_order(grid, window, shift);
  // Tokens of one window are neighbours if no border of the image lies between them: by brute force, from how
  // far apart they are in the image.
  for (std::size_t w = 0; w < 4; ++w)
    for (std::size_t i = 0; i < 9; ++i)
      for (std::size_t j = 0; j < 9; ++j) {
        const auto a = order[9 * w + i];
        const auto b = order[9 * w + j];
        const bool near = std::abs(a / grid - b / grid) < window && std::abs(a % grid - b % grid) < window;
        EXPECT_EQ(values[(w * 9 + i) * 9 + j], near ? 0 : -100);
      }
}

TEST(Windows, PositionBiasDependsOnDistanceAlone) {
  const auto bias = position_bias(counted({9, 2}), 2).values<float>();
  ASSERT_EQ(bias.size(), 32U);
  // Head 0 of row (dy + 1) 3 + (dx + 1): token 0 from itself, from its right, from below, from below on the
  // right.
  EXPECT_EQ((std::vector<float>{bias[0], bias[1], bias[2], bias[3]}), (std::vector<float>{8, 6, 2, 0}));
  EXPECT_EQ(bias[16], 9);
  EXPECT_EQ(bias[4 + 0], 10);  // token 1 from token 0
}

TEST(Windows, MergesLeftPatchesFirst) {
  const auto y = merged_patches(counted({1, 16, 1}), 4);
  ASSERT_EQ(y.shape(), Shape({1, 4, 4}));
  EXPECT_EQ(y.values<float>(), (std::vector<float>{0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15}));
}

}  // namespace
}  // namespace reprise::nn
