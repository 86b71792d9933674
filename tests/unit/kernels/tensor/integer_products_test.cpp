#include "kernels/tensor/integer_products.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "kernels/onednn/operations.hpp"
#include "kernels/random/philox.hpp"

namespace reprise::nn {
namespace {

template <class T>
Tensor random_codes(const Shape& shape, int least, int most, std::uint64_t seed) {
  Philox random(random_key(seed), 0);
  std::vector<T> values;
  for (std::int64_t i = 0; i < shape.elements(); ++i)
    values.push_back(
        static_cast<T>(least + static_cast<int>(random() % static_cast<unsigned>(most - least + 1))));
  return Tensor::from(values, shape);
}

/// By the definition, in 64 bits.
std::vector<std::int64_t> product(const Tensor& a, const Tensor& b) {
  const auto x = a.values<std::int32_t>();
  const auto y = b.to_contiguous().values<std::int32_t>();
  const std::int64_t m = a.size(-2);
  const std::int64_t k = a.size(-1);
  const std::int64_t n = b.size(-1);
  std::vector<std::int64_t> sums;
  for (std::int64_t batch = 0; batch < a.elements() / (m * k); ++batch)
    for (std::int64_t i = 0; i < m; ++i)
      for (std::int64_t j = 0; j < n; ++j) {
        std::int64_t sum = 0;
        for (std::int64_t l = 0; l < k; ++l)
          sum += std::int64_t{x[static_cast<std::size_t>((batch * m + i) * k + l)]} *
                 y[static_cast<std::size_t>((batch * k + l) * n + j)];
        sums.push_back(sum);
      }
  return sums;
}

void expect_exact(const Tensor& a, const Tensor& b, std::int32_t largest) {
  for (const bool weights : {false, true}) {
    const auto sums = integer_matmul(a, IntegerFactor(b, largest, weights)).values<std::int32_t>();
    EXPECT_EQ(std::vector<std::int64_t>(sums.begin(), sums.end()), product(a, b));
  }
}

/// unit_j times the sum over k of (a - offset) (b_j - zero_j), by the definition; b [columns, k].
double scaled_product(const Tensor& a, const Tensor& b, std::int32_t offset, std::int32_t zero, float unit,
                      std::int64_t row, std::int64_t column) {
  const std::int64_t k = a.size(1);
  double sum = 0;
  for (std::int64_t l = 0; l < k; ++l)
    sum += (a.data<std::uint8_t>()[row * k + l] - offset) * (b.data<std::int8_t>()[column * k + l] - zero);
  return sum * static_cast<double>(unit);
}

TEST(IntegerProducts, PairsOfTheLargestProductsAreNotCutOff) {
  expect_exact(Tensor::full({1, 2}, 255, DataType::u8), Tensor::full({2, 1}, 127, DataType::s8), 255);
  const auto sum = integer_matmul(Tensor::full({1, 2}, 255, DataType::u8),
                                  IntegerFactor(Tensor::full({2, 1}, 127, DataType::s8), 255, true));
  EXPECT_EQ(sum.item(), 64770);
  for (const int b : {-128, -127, -65, -64, 64, 65, 127})
    for (const int a : {127, 128, 255})
      expect_exact(Tensor::full({17, 70}, a, DataType::u8), Tensor::full({70, 19}, b, DataType::s8), a);
}

TEST(IntegerProducts, AreExactForAnyCodes) {
  for (const std::int64_t rows : {1, 3, 50}) {
    const auto a = random_codes<std::uint8_t>({rows, 192}, 0, 255, 1);
    expect_exact(a, random_codes<std::int8_t>({192, 40}, -128, 127, 2), 255);
    expect_exact(a, random_codes<std::int8_t>({40, 192}, -128, 127, 3).transpose(0, 1), 255);
    expect_exact(a, random_codes<std::int8_t>({40, 192}, -8, 7, 4).transpose(0, 1), 255);
  }
}

TEST(IntegerProducts, AreExactForBatchesOfHeads) {
  const auto q = random_codes<std::uint8_t>({2, 3, 50, 16}, 0, 255, 5);
  const auto k = random_codes<std::int8_t>({2, 3, 50, 16}, -128, 127, 6);
  expect_exact(q, k.transpose(-1, -2), 255);
  expect_exact(random_codes<std::uint8_t>({2, 3, 50, 50}, 0, 255, 7), k, 255);
}

TEST(IntegerProducts, SumsReachThirtyOneBits) {
  expect_exact(Tensor::full({2, 65'792}, 255, DataType::u8), Tensor::full({65'792, 3}, -128, DataType::s8),
               255);
}

TEST(IntegerProducts, SmallNumbersNeedNoSecondProduct) {
  const auto codes = Tensor::full({8, 8}, 64, DataType::s8);
  EXPECT_EQ(IntegerFactor(codes, 255, true).parts().size(), 1U);
  EXPECT_EQ(IntegerFactor(Tensor::full({8, 8}, -128, DataType::s8), 127, true).parts().size(), 1U);
  EXPECT_EQ(IntegerFactor(Tensor::full({8, 8}, 65, DataType::s8), 255, true).parts().size(),
            onednn::saturates_products() ? 2U : 1U);
}

TEST(IntegerProducts, BecomeRealNumbersWithOffsetsOfBothFactors) {
  // (a - 3) ua (b - z_j) u_j summed over k, and a bias, against the definition.
  const std::int64_t rows = 5;
  const std::int64_t k = 11;
  const std::int64_t columns = 13;
  const auto a = random_codes<std::uint8_t>({rows, k}, 0, 255, 8);
  const auto b = random_codes<std::int8_t>({columns, k}, -128, 127, 9);
  const auto sums = integer_matmul(a, IntegerFactor(b.transpose(0, 1), 255, false));
  std::vector<float> unit;
  std::vector<float> bias;
  std::vector<std::int32_t> zero;
  auto shift = row_sums(b).values<std::int32_t>();
  for (std::int64_t j = 0; j < columns; ++j) {
    unit.push_back(0.25F * static_cast<float>(j + 1));
    bias.push_back(static_cast<float>(j) - 4);
    zero.push_back(static_cast<std::int32_t>(j) - 6);
    shift[static_cast<std::size_t>(j)] *= 3;
  }
  auto of_rows = row_sums(a).values<std::int32_t>();
  for (auto& sum : of_rows) sum -= 3 * static_cast<std::int32_t>(k);
  Tensor y({rows, columns + 2});
  to_real({unit, shift, zero}, {sums.data<std::int32_t>(), static_cast<std::size_t>(rows * columns)}, of_rows,
          bias, false, y.mutable_data<float>(), columns + 2);
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < columns; ++j) {
      const auto at = static_cast<std::size_t>(j);
      const double expected =
          scaled_product(a, b, 3, zero[at], unit[at], i, j) + static_cast<double>(bias[at]);
      EXPECT_FLOAT_EQ(y.data<float>()[i * (columns + 2) + j], static_cast<float>(expected));
    }
}

/// Products of codes whose ends are compared with the definition in double precision.
struct EndOfProduct {
  std::int32_t largest;  ///< |b| at most; beyond 64 there may be two products
  bool zeros;
  bool bias;
  bool add;
  bool gelu;
};

class ProductEnds : public testing::TestWithParam<EndOfProduct> {};

TEST_P(ProductEnds, AreThoseOfTheDefinition) {
  const auto& [largest, zeros, with_bias, add, gelu] = GetParam();
  const std::int64_t rows = 9;
  const std::int64_t k = 50;
  const std::int64_t columns = 21;
  const std::int32_t offset = 120;
  const auto a = random_codes<std::uint8_t>({rows, k}, 0, 255, 10);
  const auto b = random_codes<std::int8_t>({columns, k}, -largest, largest, 11);
  std::vector<float> unit;
  std::vector<float> bias;
  std::vector<std::int32_t> zero;
  auto shift = row_sums(b).values<std::int32_t>();
  for (std::int64_t j = 0; j < columns; ++j) {
    unit.push_back(1e-5F * static_cast<float>(j + 1));
    if (with_bias) bias.push_back(0.1F * static_cast<float>(j) - 1);
    if (zeros) zero.push_back(static_cast<std::int32_t>(j) - 6);
    shift[static_cast<std::size_t>(j)] *= offset;
  }
  auto of_rows = row_sums(a).values<std::int32_t>();
  for (auto& sum : of_rows) sum -= offset * static_cast<std::int32_t>(k);
  auto y = Tensor::full({rows, columns}, 0.75);
  integer_matmul(a, IntegerFactor(b.transpose(0, 1), 255, true),
                 {{unit, shift, zero}, of_rows, bias, add, gelu}, y);
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < columns; ++j) {
      const auto at = static_cast<std::size_t>(j);
      double expected = scaled_product(a, b, offset, zeros ? zero[at] : 0, unit[at], i, j);
      if (with_bias) expected += static_cast<double>(bias[at]);
      if (add) expected += 0.75;
      if (gelu) expected *= 0.5 * std::erfc(-expected / std::sqrt(2.0));
      EXPECT_NEAR(static_cast<double>(y.data<float>()[i * columns + j]), expected,
                  2e-6 * (1 + std::abs(expected)));
    }
}

INSTANTIATE_TEST_SUITE_P(All, ProductEnds, [] {
  std::vector<EndOfProduct> all;
  for (const std::int32_t largest : {64, 127})
    for (const bool zeros : {false, true})
      for (const bool bias : {false, true})
        for (const bool add : {false, true})
          for (const bool gelu : {false, true}) all.push_back({largest, zeros, bias, add, gelu});
  return testing::ValuesIn(all);
}());

TEST(IntegerProducts, UnitsThatABiasCannotBeDividedByAreMultipliedAfterwards) {
  const std::vector<float> unit{1e-40F, 0.0F};
  const std::vector<float> bias{1, 2};
  Tensor y({3, 2});
  integer_matmul(Tensor::full({3, 4}, 5, DataType::u8),
                 IntegerFactor(Tensor::full({4, 2}, 1, DataType::s8), 255, true), {{unit, {}, {}}, {}, bias},
                 y);
  EXPECT_EQ(y.values<float>(), (std::vector<float>{1, 2, 1, 2, 1, 2}));
}

TEST(IntegerProducts, CodesOfMoreBitsAreBytes) {
  std::vector<std::int32_t> codes;
  for (std::int32_t code = 0; code < 1000; ++code) codes.push_back(code * 131);
  std::vector<std::uint8_t> low(codes.size());
  std::vector<std::uint8_t> middle(codes.size());
  std::vector<std::uint8_t> high(codes.size());
  code_bytes(codes, 0, low.data());
  code_bytes(codes, 1, middle.data());
  code_bytes(codes, 2, high.data());
  for (std::size_t i = 0; i < codes.size(); ++i)
    EXPECT_EQ(low[i] + 256 * middle[i] + 65536 * high[i], codes[i]);
}

TEST(IntegerProducts, RefuseWhatDoesNotMultiply) {
  const IntegerFactor b(Tensor::full({4, 5}, 1, DataType::s8), 255, false);
  EXPECT_THROW(static_cast<void>(integer_matmul(Tensor({3, 5}, DataType::u8), b)), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(integer_matmul(Tensor({3, 4}, DataType::s8), b)), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(integer_matmul(Tensor({2, 3, 4}, DataType::u8), b)), std::invalid_argument);
  EXPECT_THROW(IntegerFactor(Tensor({4, 5}, DataType::u8), 255, false), std::invalid_argument);
}

}  // namespace
}  // namespace reprise::nn
