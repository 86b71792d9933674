#include "kernels/quantise/integer_norm.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "../formula.hpp"
#include "kernels/quantise/channel_search.hpp"
#include "quantizers.hpp"

namespace reprise::nn {
namespace {

constexpr std::size_t kChannels = 24;

struct Norm {
  std::vector<float> input_scale;
  std::vector<float> scale;
  std::vector<float> shift;
  float output_scale = 0.02F;

  [[nodiscard]] std::vector<float> operator()(const std::vector<float>& x) const {
    std::vector<float> y(x.size());
    integer_norm({input_scale, scale, shift, output_scale}, x, y);
    return y;
  }
};

/// Rows of quantized numbers, with the norm that suits them.
Norm norm_of(std::vector<float>& x) {
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = std::ldexp(x[i], static_cast<int>(i % kChannels % 5));
  const auto whole = range(x);
  const auto errors = channel_errors(power_factor_candidates(whole, 8), kChannels, x);
  const auto quantizer = best_power_factors(whole, 8, kChannels, errors).quantizer;
  x = quantised(quantizer, Grouping::last_axis(kChannels), x);
  return {quantizer.scale, formula::weights("a.norm.weight", {kChannels}),
          formula::weights("a.norm.bias", {kChannels})};
}

/// The multiplier has 8 bits, of which at least one half is used: its floor loses up to 1/128 of x gamma /
/// deviation. Add half of an output step, and the rounded offset's share of the same.
TEST(IntegerNorm, IsTheNormWithinItsSteps) {
  auto x = narrowed(formula::normals("norm", 50 * kChannels));
  const Norm norm = norm_of(x);
  const auto y = norm(x);
  for (std::size_t row = 0; row < x.size(); row += kChannels) {
    double mean = 0;
    double square = 0;
    for (std::size_t c = 0; c < kChannels; ++c) mean += static_cast<double>(x[row + c]) / kChannels;
    for (std::size_t c = 0; c < kChannels; ++c)
      square += std::pow(static_cast<double>(x[row + c]) - mean, 2) / kChannels;
    for (std::size_t c = 0; c < kChannels; ++c) {
      const double slope = static_cast<double>(norm.scale[c]) / std::sqrt(square);
      const double exact =
          (static_cast<double>(x[row + c]) - mean) * slope + static_cast<double>(norm.shift[c]);
      const double bound = std::abs(static_cast<double>(x[row + c]) * slope) / 128 + 0.02 * 0.51;
      EXPECT_NEAR(y[row + c], exact, bound + 0.02 / 2);
      EXPECT_NEAR(y[row + c] / 0.02F, std::nearbyint(y[row + c] / 0.02F), 1e-3);
    }
  }
}

TEST(IntegerNorm, DoesNotDependOnTheUnit) {
  auto x = narrowed(formula::normals("norm", 5 * kChannels));
  Norm norm = norm_of(x);
  const auto y = norm(x);
  for (float& v : x) v *= 4;
  for (float& v : norm.input_scale) v *= 4;
  EXPECT_EQ(norm(x), y);
}

TEST(IntegerNorm, OfEqualValuesIsTheShift) {
  const Norm norm{{0.5F, 0.5F, 0.5F}, {1, 2, 0}, {0.04F, -0.06F, 0}};
  for (const float value : {0.0F, 2.5F}) {
    const auto y = norm(std::vector<float>(6, value));
    for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(y[i], norm.shift[i % 3], 1e-7);
  }
}

TEST(IntegerNorm, ChannelsWithoutScaleAreTheShift) {
  const Norm norm{{0.5F, 0.5F, 0.5F}, {0, 1, -1}, {0.1F, 0, 0}};
  const auto y = norm({1, 2, 3});
  EXPECT_NEAR(y[0], 0.1, 1e-7);
  EXPECT_NEAR(y[1], 0, 0.03);
  EXPECT_NEAR(y[2], -1.2247, 0.03);
}

TEST(IntegerNorm, RefusesSizesThatDoNotMatch) {
  EXPECT_THROW((void)(Norm{{0.5F}, {1, 1}, {0, 0}}({1, 2})), std::invalid_argument);
  EXPECT_THROW((void)(Norm{{0.5F, 0}, {1, 1}, {0, 0}}({1, 2})), std::invalid_argument);
  EXPECT_THROW((void)(Norm{{0.5F, 1}, {1, 1}, {0, 0}}({1, 2, 3})), std::invalid_argument);
}

}  // namespace
}  // namespace reprise::nn
