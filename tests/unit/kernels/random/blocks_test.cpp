#include "kernels/random/blocks.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "kernels/statistics/moments.hpp"

namespace reprise {
namespace {

template <class T>
std::vector<T> normals(const RandomRows& where) {
  std::vector<T> out(where.rows * where.columns);
  fill_normal(where, std::span<T>(out));
  return out;
}

template <class T>
class RandomBlocks : public testing::Test {};
using Types = testing::Types<float, double>;
TYPED_TEST_SUITE(RandomBlocks, Types);

TYPED_TEST(RandomBlocks, DoNotDependOnHowAMatrixIsCut) {
  const RandomKey key = random_key(1, 2);
  constexpr std::size_t kRows = 700;
  for (const std::size_t columns : {std::size_t{1}, std::size_t{3}, std::size_t{10}, std::size_t{64}}) {
    const auto whole = normals<TypeParam>({key, 3, 0, kRows, columns});
    for (const std::size_t cut : {std::size_t{1}, std::size_t{7}, std::size_t{128}}) {
      std::vector<TypeParam> parts;
      for (std::size_t row = 0; row < kRows; row += cut) {
        const auto part = normals<TypeParam>({key, 3, row, std::min(cut, kRows - row), columns});
        parts.insert(parts.end(), part.begin(), part.end());
      }
      EXPECT_EQ(parts, whole) << columns << " columns cut by " << cut;
    }
  }
}

TYPED_TEST(RandomBlocks, FurtherColumnsChangeNothingInTheFirst) {
  const RandomKey key = random_key(9);
  const auto narrow = normals<TypeParam>({key, 0, 5, 40, 5});
  const auto wide = normals<TypeParam>({key, 0, 5, 40, 11});
  for (std::size_t i = 0; i < 40; ++i) {
    for (std::size_t a = 0; a < 5; ++a) {
      EXPECT_EQ(narrow[i * 5 + a], wide[i * 11 + a]);
    }
  }
}

// Kolmogorov-Smirnov at level 1e-3, and moments within 4 standard errors.
TYPED_TEST(RandomBlocks, AreStandardNormal) {
  auto draws = normals<TypeParam>({random_key(4), 1, 0, 20000, 10});
  RunningMoments moments;
  for (const auto x : draws) {
    moments.add(static_cast<double>(x));
  }
  const auto n = static_cast<double>(draws.size());
  EXPECT_NEAR(moments.mean(), 0.0, 4.0 / std::sqrt(n));
  EXPECT_NEAR(moments.variance(), 1.0, 4.0 * std::sqrt(2.0 / n));
  std::ranges::sort(draws);
  double distance = 0.0;
  for (std::size_t i = 0; i < draws.size(); ++i) {
    const double cdf = 0.5 * std::erfc(-static_cast<double>(draws[i]) / std::numbers::sqrt2);
    distance = std::max(distance, std::abs(cdf - (static_cast<double>(i) + 0.5) / n));
  }
  EXPECT_LT(distance, 1.95 / std::sqrt(n));
}

TEST(RandomBlocksUniform, AreUniformAndCutInvariant) {
  const RandomKey key = random_key(6);
  std::vector<double> whole(10001);
  fill_uniform({key, 0, 42, 1, whole.size()}, whole);
  std::vector<double> prefix(777);
  fill_uniform({key, 0, 42, 1, prefix.size()}, prefix);
  EXPECT_TRUE(std::equal(prefix.begin(), prefix.end(), whole.begin()));
  const Estimate mean = mean_with_error(whole);
  EXPECT_NEAR(mean.value, 0.5, 4.0 * mean.standard_error);
  EXPECT_GT(*std::ranges::min_element(whole), 0.0);
  EXPECT_LT(*std::ranges::max_element(whole), 1.0);
}

TEST(RandomBlocksUniform, OutputMustFit) {
  std::vector<double> out(5);
  EXPECT_THROW(fill_uniform({random_key(1), 0, 0, 2, 3}, out), std::invalid_argument);
}

}  // namespace
}  // namespace reprise
