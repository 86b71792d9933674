#include "kernels/vision/codes.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/kernels/formula.hpp"

namespace reprise::nn {
namespace {

constexpr std::int64_t kRows = 40;
constexpr std::int64_t kColumns = 33;

/// [kRows, kColumns], of both signs or not.
Tensor sample(bool positive) {
  std::vector<float> values;
  for (const double x : formula::normals("codes", kRows * kColumns))
    values.push_back(static_cast<float>(positive ? std::exp2(-3 * std::abs(x)) : x));
  return Tensor::from(values, {kRows, kColumns});
}

std::vector<float> fake(const Quantizer& quantizer, const Grouping& grouping, const Tensor& x) {
  std::vector<float> y(static_cast<std::size_t>(x.elements()));
  fake_quantise(quantizer, grouping, std::span(x.data<float>(), y.size()), std::span(y));
  return y;
}

std::size_t group_of(const Grouping& grouping, std::size_t i) {
  return static_cast<std::size_t>(static_cast<std::int64_t>(i) / grouping.inner % grouping.groups);
}

void expect_left(const Quantizer& quantizer, const Grouping& grouping, std::size_t planes,
                 bool positive = false) {
  ASSERT_TRUE(has_left_codes(quantizer));
  const auto x = sample(positive);
  const auto expected = fake(quantizer, grouping, x);
  const auto codes = left_codes(quantizer, grouping, x);
  ASSERT_EQ(codes.planes.size(), planes);
  std::vector<double> sums(expected.size());
  std::int32_t largest = 0;
  for (std::size_t p = 0; p < planes; ++p) {
    const auto plane = codes.planes[p].values<std::int32_t>();
    for (std::size_t i = 0; i < sums.size(); ++i) {
      sums[i] += static_cast<double>(codes.factor[p]) * plane[i];
      largest = std::max(largest, plane[i]);
    }
  }
  EXPECT_LE(largest, codes.largest);
  EXPECT_EQ(codes.largest, largest_left_code(quantizer, grouping));
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const auto g = group_of(grouping, i);
    EXPECT_FLOAT_EQ(static_cast<float>(static_cast<double>(codes.unit[g]) * (sums[i] - codes.offset[g])),
                    expected[i]);
  }
}

TEST(Codes, OfLeftFactorsStandForTheValuesOfTheQuantizer) {
  const auto whole = Grouping::whole();
  for (const std::int32_t bits : {2, 3, 4, 8}) {
    expect_left({QuantizerKind::symmetric, bits, {.25F}, {}, {}}, whole, 1);
    expect_left({QuantizerKind::asymmetric, bits, {.25F}, {std::exp2f(static_cast<float>(bits) - 1)}, {}},
                whole, 1);
  }
  expect_left({QuantizerKind::magnitude_regions, 4, {.125F}, {}, {.5F}}, whole, 1);
  expect_left({QuantizerKind::sign_regions, 4, {.125F}, {}, {.25F}}, whole, 1);
  expect_left({QuantizerKind::probability_regions, 4, {1.0F / 7 / 8}, {}, {1.0F / 7}}, whole, 1, true);
}

TEST(Codes, OfLeftFactorsTakeAsManyBytesAsTheyNeed) {
  const auto whole = Grouping::whole();
  expect_left({QuantizerKind::magnitude_regions, 8, {.03125F / 16}, {}, {.03125F}}, whole, 2);
  expect_left({QuantizerKind::probability_regions, 8, {.0078125F / 1024}, {}, {.0078125F}}, whole, 3, true);
  for (const std::int32_t bits : {3, 4, 5})
    expect_left({QuantizerKind::log2, bits, {}, {}, {}}, whole, std::size_t{1} << (bits - 3), true);
}

TEST(Codes, OfRightFactorsStandForTheValuesOfTheQuantizer) {
  const auto rows = Grouping::first_axis(kRows, kColumns);
  std::vector<float> scale;
  std::vector<float> zero;
  for (int row = 0; row < kRows; ++row) {
    scale.push_back(.01F * static_cast<float>(row + 1));
    zero.push_back(static_cast<float>(row % 16));
  }
  const auto x = sample(false);
  for (const auto& quantizer : {Quantizer{QuantizerKind::symmetric, 8, scale, {}, {}},
                                Quantizer{QuantizerKind::symmetric, 4, scale, {}, {}},
                                Quantizer{QuantizerKind::asymmetric, 8, scale, zero, {}},
                                Quantizer{QuantizerKind::asymmetric, 4, scale, zero, {}}}) {
    ASSERT_TRUE(has_right_codes(quantizer));
    const auto expected = fake(quantizer, rows, x);
    const auto right = right_codes(quantizer, rows, x);
    EXPECT_EQ(right.zero.empty(), quantizer.kind == QuantizerKind::symmetric);
    const auto codes = right.codes.values<std::int32_t>();
    for (std::size_t i = 0; i < codes.size(); ++i) {
      const auto g = group_of(rows, i);
      const std::int32_t from_zero = codes[i] - (right.zero.empty() ? 0 : right.zero[g]);
      EXPECT_EQ(right.unit[g] * static_cast<float>(from_zero), expected[i]);
    }
  }
}

TEST(Codes, AreNotOfWhatHasNoUnit) {
  EXPECT_FALSE(has_left_codes({}));
  EXPECT_FALSE(has_left_codes({QuantizerKind::log_sqrt2, 4, {1}, {}, {}}));
  EXPECT_FALSE(has_left_codes({QuantizerKind::log2, 8, {}, {}, {}}));
  EXPECT_FALSE(has_left_codes({QuantizerKind::asymmetric, 8, {1}, {3.5F}, {}}));
  EXPECT_FALSE(has_left_codes({QuantizerKind::sign_regions, 4, {.1F}, {}, {.123F}}));
  EXPECT_FALSE(has_right_codes({QuantizerKind::log2, 4, {}, {}, {}}));
  EXPECT_FALSE(has_right_codes({QuantizerKind::magnitude_regions, 8, {.25F / 16}, {}, {.25F}}));
  EXPECT_FALSE(has_right_codes({QuantizerKind::symmetric, 9, {1}, {}, {}}));
}

}  // namespace
}  // namespace reprise::nn
