#include "kernels/quantise/quantizer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "../formula.hpp"
#include "quantizers.hpp"

namespace reprise::nn {
namespace {

TEST(Formula, HasItsReferenceNumbers) {
  static_assert(formula::fnv("head.weight") == 0xd2cea44474c6e4f3ULL);
  EXPECT_NEAR(formula::uniform("head.weight", 0), 0.7278347, 5e-8);
  EXPECT_NEAR(formula::uniform("head.weight", 1), 0.61829162, 5e-9);
  EXPECT_NEAR(formula::uniform("head.weight", 2), 0.35546744, 5e-9);
  const auto qkv = formula::weights("blocks.0.attn.qkv.weight", {192, 64});
  EXPECT_NEAR(qkv[0], 0.116829, 1e-6);
  EXPECT_NEAR(qkv[1], -0.1267652, 5e-8);
  EXPECT_NEAR(qkv[2], -0.1977927, 5e-8);
  const auto image = formula::image("image0", 1, 28, 28);
  EXPECT_NEAR(image[0], -0.2278636, 5e-8);
  EXPECT_NEAR(image[2], -1.4025877, 5e-8);
  const auto normals = formula::normals("qx", 2);
  EXPECT_NEAR(normals[0], -0.45372027, 1e-8);
  EXPECT_NEAR(normals[1], 1.4299826, 1e-7);
}

TEST(Quantizer, LogarithmicOnesHaveTheirReferenceValues) {
  const std::vector<float> x{0.9F, 0.7F, 0.36F, 0.1F, 0.01F, 1e-6F};
  EXPECT_EQ(quantised({QuantizerKind::log2, 4, {}, {}, {}}, {}, x),
            (std::vector<float>{1, 0.5F, 0.5F, 0.125F, 0.0078125F, 0}));
  const double expected[] = {0.8, 0.8, 0.4, 0.1, 0.00883883, 0};
  const auto y = quantised({QuantizerKind::log_sqrt2, 4, {0.8F}, {}, {}}, {}, x);
  for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(y[i], expected[i], 1e-6 * expected[i]) << i;
}

/// The exact place where the code changes, next to powers of the root of two and of its root.
TEST(Quantizer, LogarithmicOnesRoundAsExactLogarithmsDo) {
  std::vector<float> x;
  for (int quarter = -70; quarter <= 8; ++quarter) {
    const auto centre = static_cast<float>(std::exp2(quarter / 4.0));
    float v = centre;
    for (int k = 0; k < 4; ++k) v = std::nextafterf(v, 0.0F);
    for (int k = 0; k < 9; ++k, v = std::nextafterf(v, 10.0F)) x.push_back(v);
  }
  for (const auto kind : {QuantizerKind::log2, QuantizerKind::log_sqrt2})
    for (const int bits : {2, 3, 4, 5, 8}) {
      const Quantizer quantizer{kind, bits, {1}, {}, {}};
      const auto fast = quantised(quantizer, {}, x);
      const auto exact = quantised(quantizer, {}, widened(x));
      for (std::size_t i = 0; i < x.size(); ++i)
        ASSERT_NEAR(fast[i], exact[i], 1e-6 * exact[i]) << "bits " << bits << ", x " << x[i];
    }
}

class Kinds : public testing::TestWithParam<QuantizerKind> {};
INSTANTIATE_TEST_SUITE_P(All, Kinds, testing::ValuesIn(kAllKinds));

/// A code may differ where single precision lands on the other side of a tie, and then both values are as far
/// away.
TEST_P(Kinds, VectorsAgreeWithTheReference) {
  for (const std::size_t rounds : {1U, 2U, 3U, 5U})
    for (const auto grouping : {Grouping{1, 1}, Grouping{1, 7}, Grouping{3, 1}, Grouping{17, 1},
                                Grouping{5, 13}, Grouping{3, 32}, Grouping{2, 1}, Grouping{4, 1}})
      for (const int bits : {2, 3, 4, 5, 6, 7, 8}) {
        const auto count =
            rounds * (grouping.groups == 1 ? 41 : static_cast<std::size_t>(grouping.groups * grouping.inner));
        auto x = narrowed(formula::normals("kinds", count));
        if (GetParam() >= QuantizerKind::probability_regions || GetParam() == QuantizerKind::log2 ||
            GetParam() == QuantizerKind::log_sqrt2)
          for (float& v : x) v = std::min(std::abs(v * v * 0.3F), 1.0F);
        const auto quantizer = example(GetParam(), bits, grouping.groups);
        const auto fast = quantised(quantizer, grouping, x);
        const auto exact = quantised(quantizer, grouping, widened(x));
        for (std::size_t i = 0; i < x.size(); ++i) {
          const double away = std::abs(static_cast<double>(x[i]) - exact[i]);
          const double vector_away = std::abs(static_cast<double>(x[i]) - static_cast<double>(fast[i]));
          ASSERT_NEAR(vector_away, away, 3e-6)
              << "bits " << bits << ", groups " << grouping.groups << ", x " << x[i];
        }
      }
}

TEST_P(Kinds, InPlaceIsTheSame) {
  const auto x = narrowed(formula::normals("in place", 77));
  const auto quantizer = example(GetParam(), 4, 7);
  auto y = x;
  fake_quantise(quantizer, Grouping::last_axis(7), std::span<const float>(y), std::span<float>(y));
  EXPECT_EQ(y, quantised(quantizer, Grouping::last_axis(7), x));
}

TEST_P(Kinds, ValuesAreTheirOwnValues) {
  auto x = narrowed(formula::normals("again", 301));
  for (float& v : x) v = std::min(std::abs(v), 1.0F);
  if (GetParam() == QuantizerKind::twin_probabilities) return;  // adds the split to what lies above it
  const auto quantizer = example(GetParam(), 4, 1);
  const auto once = quantised(quantizer, {}, x);
  EXPECT_EQ(quantised(quantizer, {}, once), once);
}

TEST_P(Kinds, KeepNoNumbersAndZerosAndClampInfinities) {
  const auto quantizer = example(GetParam(), 4, 1);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  // More than a vector, so that both the whole and the partial ones meet each.
  std::vector<float> x;
  for (int i = 0; i < 11; ++i) x.insert(x.end(), {nan, 0.0F, -0.0F, infinity});
  const auto y = quantised(quantizer, {}, x);
  const float most = quantised(quantizer, {}, std::vector<float>{1e6F})[0];
  for (std::size_t i = 0; i < x.size(); i += 4) {
    EXPECT_TRUE(std::isnan(y[i]));
    EXPECT_EQ(y[i + 1], 0.0F);
    EXPECT_EQ(y[i + 2], 0.0F);
    EXPECT_EQ(y[i + 3], GetParam() == QuantizerKind::none ? infinity : most);
  }
  EXPECT_TRUE(quantised(quantizer, {}, std::vector<float>{}).empty());
}

TEST_P(Kinds, IntegerCodesTimesTheirUnitAreTheValues) {
  const auto kind = GetParam();
  if (kind == QuantizerKind::none || kind == QuantizerKind::log2 || kind == QuantizerKind::log_sqrt2) {
    EXPECT_THROW((void)integer_codes(example(kind, 4, 1), {}, std::vector<float>{0.5F}),
                 std::invalid_argument);
    return;
  }
  for (const int bits : {2, 3, 4, 6, 8})
    for (const auto grouping : {Grouping{1, 1}, Grouping{11, 1}, Grouping{4, 9}}) {
      auto x = narrowed(formula::normals("codes", 4 * 9 * 11));
      for (float& v : x) v *= 2;
      const auto quantizer = example(kind, bits, grouping.groups);
      const auto y = quantised(quantizer, grouping, x);
      const auto codes = integer_codes(quantizer, grouping, x);
      ASSERT_EQ(codes.unit.size(), static_cast<std::size_t>(grouping.groups));
      for (std::size_t i = 0; i < x.size(); ++i) {
        const auto g =
            i / static_cast<std::size_t>(grouping.inner) % static_cast<std::size_t>(grouping.groups);
        ASSERT_GE(codes.code[i], 0);
        ASSERT_LE(codes.code[i], codes.largest);
        ASSERT_FLOAT_EQ(static_cast<float>(codes.code[i] - codes.offset[g]) * codes.unit[g], y[i]);
      }
      EXPECT_EQ(std::ranges::max(codes.code), codes.largest) << bits;  // x goes far enough
    }
}

/// A layer after GELU by integers: 6 tokens of 16 numbers, 5 outputs.
TEST(Quantizer, ProductsOfIntegerCodesHaveTheirReferenceValues) {
  auto x = formula::normals("ix", 6 * 16);
  for (double& v : x) {
    v = -1 + 1.2 * v;
    v *= 0.5 * std::erfc(-v / std::sqrt(2));
  }
  const auto single = narrowed(x);
  std::vector<float> weight;
  for (std::size_t i = 0; i < 5 * 16; ++i)
    weight.push_back(static_cast<float>((2 * formula::uniform("iw", i) - 1) / 4));
  const float outer = std::ranges::max(single) / 7;
  const Quantizer regions{QuantizerKind::magnitude_regions, 4, {outer / 4}, {}, {outer}};
  const auto rows = Grouping::first_axis(5, 16);
  Quantizer symmetric{QuantizerKind::symmetric, 4, {}, {}, {}};
  for (std::size_t o = 0; o < 5; ++o) {
    float most = 0;
    for (std::size_t j = 0; j < 16; ++j) most = std::max(most, std::abs(weight[o * 16 + j]));
    symmetric.scale.push_back(symmetric_scale(most, 4));
  }
  const auto left = integer_codes(regions, {}, single);
  const auto right = integer_codes(symmetric, rows, weight);
  EXPECT_EQ(left.offset[0], 4);
  EXPECT_EQ(left.largest, 32);
  EXPECT_EQ(std::ranges::min(left.code), 1);
  EXPECT_EQ(std::ranges::max(left.code), 32);
  const auto values = quantised(regions, {}, widened(single));
  const auto weights = quantised(symmetric, rows, widened(weight));
  const std::int32_t sums[] = {46, 9, 17, 131};
  const double outputs[] = {0.09001203, 0.01761119, 0.03104228, 0.24858543};
  for (std::size_t o = 0; o < 4; ++o) {
    std::int32_t sum = 0;
    double exact = 0;
    for (std::size_t j = 0; j < 16; ++j) {
      sum += (left.code[j] - left.offset[0]) * (right.code[o * 16 + j] - right.offset[o]);
      exact += values[j] * weights[o * 16 + j];
    }
    EXPECT_EQ(sum, sums[o]);
    const double y = static_cast<double>(left.unit[0]) * static_cast<double>(right.unit[o]) * sum;
    EXPECT_NEAR(y, outputs[o], 1e-6 * outputs[o]);
    EXPECT_NEAR(y, exact, 1e-15);
  }
}

/// Codes of the large region beyond what a float could hold are exact, too.
TEST(Quantizer, IntegerCodesOfSmallProbabilitiesAreExact) {
  const float outer = 1.0F / 127;
  const Quantizer quantizer{QuantizerKind::probability_regions, 8, {outer * 0x1p-19F}, {}, {outer}};
  const auto codes = integer_codes(quantizer, {}, std::vector<float>{1.0F, 101 * outer, outer * 0x1p-19F});
  EXPECT_EQ(codes.code, (std::vector<std::int32_t>{127 << 19, 101 << 19, 1}));
  EXPECT_EQ(codes.largest, 127 << 19);
}

TEST(Quantizer, IntegerCodesRefuseWhatIsNotWhole) {
  const std::vector<float> x{0.5F};
  const Quantizer fractional{QuantizerKind::asymmetric, 4, {0.1F}, {7.5F}, {}};
  EXPECT_THROW((void)integer_codes(fractional, {}, x), std::invalid_argument);
  const Quantizer unrelated{QuantizerKind::sign_regions, 4, {0.1F}, {}, {0.25F}};
  EXPECT_THROW((void)integer_codes(unrelated, {}, x), std::invalid_argument);
}

TEST(Quantizer, RefusesNumbersThatDoNotFitItsGroups) {
  const std::vector<float> x(12, 0.5F);
  const auto refused = [&](const Quantizer& quantizer, const Grouping& grouping) {
    EXPECT_THROW((void)quantised(quantizer, grouping, x), std::invalid_argument);
  };
  refused({QuantizerKind::symmetric, 4, {1, 1}, {}, {}}, Grouping::last_axis(3));
  refused({QuantizerKind::symmetric, 4, {1, 0, 1}, {}, {}}, Grouping::last_axis(3));
  refused({QuantizerKind::symmetric, 1, {1}, {}, {}}, {});
  refused({QuantizerKind::symmetric, 4, {1, 1, 1, 1, 1}, {}, {}}, Grouping::last_axis(5));
  refused({QuantizerKind::asymmetric, 4, {1}, {}, {}}, {});
  refused({QuantizerKind::magnitude_regions, 4, {1}, {}, {}}, {});
  refused({QuantizerKind::symmetric, 4, {std::numeric_limits<float>::quiet_NaN()}, {}, {}}, {});
}

TEST(Quantizer, TheLargestElementLiesOnNoTie) {
  for (const int bits : {3, 4, 6, 8}) {
    const float scale = symmetric_scale(1.7F, bits);
    const Quantizer quantizer{QuantizerKind::symmetric, bits, {scale}, {}, {}};
    const auto codes = integer_codes(quantizer, {}, std::vector<float>{1.7F, -1.7F});
    EXPECT_EQ(codes.code[0], (1 << bits) - 1);
    EXPECT_EQ(codes.code[1], 1);
  }
  EXPECT_EQ(symmetric_scale(0, 4), 1e-12F);
}

}  // namespace
}  // namespace reprise::nn
