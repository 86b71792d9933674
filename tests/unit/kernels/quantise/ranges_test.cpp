#include "kernels/quantise/ranges.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "../formula.hpp"
#include "kernels/statistics/quantile.hpp"
#include "quantizers.hpp"

namespace reprise::nn {
namespace {

struct Expected {
  int bits;
  double scale;
  double zero;
  double error;
};

TEST(Ranges, SymmetricQuantizersHaveTheirReferenceErrors) {
  const auto x = formula::normals("qx", 4096);
  const auto single = narrowed(x);
  const std::vector<Range> whole{range(single)};
  for (const auto& [bits, scale, zero, error] : {Expected{4, 0.48856164, 0, 0.019878688},
                                                 {6, 0.11632420, 0, 0.0011315553},
                                                 {8, 0.028738920, 0, 6.9942851e-5}}) {
    const auto quantizer = symmetric_quantizer(whole, bits);
    EXPECT_NEAR(quantizer.scale[0], scale, 1e-6 * scale);
    EXPECT_NEAR(mean_square_error(quantizer, x), error, 1e-6 * error);
    EXPECT_NEAR(mean_square_error(quantizer, single), error, 1e-6 * error);
  }
}

TEST(Ranges, AsymmetricQuantizersHaveTheirReferenceErrors) {
  const auto x = formula::normals("qx", 4096);
  const auto single = narrowed(x);
  const std::vector<Range> whole{range(single)};
  for (const auto& [bits, scale, zero, error] : {Expected{4, 0.48753112, 8, 0.019785228},
                                                 {6, 0.11607884, 32, 0.0011265216},
                                                 {8, 0.028678301, 128, 6.8664950e-5}}) {
    const auto quantizer = asymmetric_quantizer(whole, bits);
    EXPECT_NEAR(quantizer.scale[0], scale, 1e-6 * scale);
    EXPECT_EQ(quantizer.zero[0], zero);
    EXPECT_NEAR(mean_square_error(quantizer, x), error, 1e-6 * error);
    EXPECT_NEAR(mean_square_error(quantizer, single), error, 1e-6 * error);
  }
}

TEST(Ranges, AreThoseOfAPlainLoop) {
  for (const auto grouping : {Grouping{1, 1}, Grouping{3, 1}, Grouping{8, 1}, Grouping{37, 1},
                              Grouping{5, 11}, Grouping{2, 64}, Grouping{4, 3}})
    for (const std::size_t rounds : {1U, 2U, 7U}) {
      const auto x = narrowed(
          formula::normals("plain", rounds * static_cast<std::size_t>(grouping.groups * grouping.inner)));
      std::vector<Range> plain(static_cast<std::size_t>(grouping.groups));
      for (std::size_t i = 0; i < x.size(); ++i) {
        auto& group = plain[i / static_cast<std::size_t>(grouping.inner) % plain.size()];
        group = merged(group, {x[i], x[i]});
      }
      EXPECT_EQ(ranges(grouping, x), plain);
    }
}

TEST(Ranges, OfPartsMergeToThatOfTheWhole) {
  const std::vector<float> x = narrowed(formula::normals("parts", 60));
  const auto part = [&](std::size_t first, std::size_t count) {
    return range(std::span<const float>(x).subspan(first, count));
  };
  EXPECT_EQ(merged(merged(part(0, 13), part(13, 0)), part(13, 47)), range(x));
  EXPECT_EQ(magnitude(range({})), 0.0F);
  EXPECT_EQ(magnitude({-3, 2}), 3.0F);
  EXPECT_EQ(magnitude({1, 2}), 2.0F);
}

TEST(Ranges, TellsOfNumbersThatAreNotFinite) {
  for (const std::size_t count : {1U, 7U, 8U, 9U, 33U}) {
    std::vector<float> x(count, 1e38F);
    EXPECT_TRUE(finite(x));
    for (std::size_t i = 0; i < count; ++i)
      for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                              -std::numeric_limits<float>::infinity()}) {
        auto y = x;
        y[i] = bad;
        EXPECT_FALSE(finite(y)) << i << " of " << count;
      }
  }
}

TEST(Ranges, QuantilesAreThoseOfSortedValues) {
  const auto x = formula::normals("quantiles", 1013);
  for (const double level : {0.5, 0.9, 0.999, 0.99999, 1.0}) {
    const auto found = quantile_range(narrowed(x), level);
    EXPECT_NEAR(found.low, quantile(x, 1 - level), 1e-6);
    EXPECT_NEAR(found.high, quantile(x, level), 1e-6);
  }
  EXPECT_EQ(quantile_range(std::vector<float>{2.5F}, 0.999), (Range{2.5F, 2.5F}));
  EXPECT_THROW((void)quantile_range({}, 0.999), std::invalid_argument);
  EXPECT_THROW((void)quantile_range(std::vector<float>{1}, 0.1), std::invalid_argument);
}

/// One element, constants, zeros: within half a step, and zeros stay zero.
TEST(Ranges, QuantizersOfDegenerateRangesLoseNothingMuch) {
  for (const float value : {0.0F, 1e-30F, 3.25F, -7.5F})
    for (const std::size_t count : {1U, 19U}) {
      const std::vector<float> x(count, value);
      const std::vector<Range> whole{range(x)};
      for (const int bits : {2, 4, 8})
        for (const auto& quantizer : {symmetric_quantizer(whole, bits), asymmetric_quantizer(whole, bits),
                                      unclamped_quantizer(whole, bits)})
          for (const float y : quantised(quantizer, {}, x)) {
            EXPECT_LE(std::abs(y - value), 0.51F * std::max(quantizer.scale[0], std::abs(value) * 1e-6F));
            if (value == 0) {
              EXPECT_EQ(y, 0);
            }
          }
    }
}

TEST(Ranges, UnclampedZerosLetARangeLieBesideZero) {
  const std::vector<Range> away{{10, 11}};
  const auto quantizer = unclamped_quantizer(away, 4);
  EXPECT_EQ(quantizer.zero[0], -150);
  for (const float x : {10.0F, 10.4F, 11.0F})
    EXPECT_NEAR(quantised(quantizer, {}, std::vector<float>{x})[0], x, 0.51 / 15);
  EXPECT_GT(asymmetric_quantizer(away, 4).scale[0], 0.7F);
}

}  // namespace
}  // namespace reprise::nn
