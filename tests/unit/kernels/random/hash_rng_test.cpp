#include "kernels/random/hash_rng.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "kernels/statistics/moments.hpp"

namespace reprise {
namespace {

// Reference values of an independent implementation in another language.
TEST(HashRng, HasItsReferenceBits) {
  static_assert(HashRng(0, 0).bits(0) == 0xa706dd2f4d197e6fULL);
  static_assert(HashRng(1, 2).bits(3) == 0x0ee3bb459e9e297bULL);
}

TEST(HashRng, HasItsReferenceDraws) {
  const double uniform[] = {0.30026065, 0.68847925, 0.7662706};
  const double normal[] = {-0.2330837, 0.93290871, -0.20705662};
  for (std::uint64_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(HashRng(0, 100).uniform(i), uniform[i], 1e-8);
    EXPECT_NEAR(HashRng(3, 300).normal(i), normal[i], 1e-8);
  }
}

// Fixed seeds; each bound is 4 standard errors wide.
TEST(HashRng, HasTheMomentsOfItsLaws) {
  constexpr int kDraws = 200000;
  RunningMoments uniform;
  RunningMoments normal;
  RunningMoments product;
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    uniform.add(HashRng(7, 1).uniform(i));
    normal.add(HashRng(7, 2).normal(i));
    product.add(HashRng(7, 3).normal(i) * HashRng(8, 3).normal(i));  // streams of different seeds
  }
  const double root = std::sqrt(kDraws);
  EXPECT_NEAR(uniform.mean(), 0.5, 4.0 * std::sqrt(1.0 / 12.0) / root);
  EXPECT_NEAR(uniform.variance(), 1.0 / 12.0, 4.0 * std::sqrt(1.0 / 180.0) / root);
  EXPECT_NEAR(normal.mean(), 0.0, 4.0 / root);
  EXPECT_NEAR(normal.variance(), 1.0, 4.0 * std::numbers::sqrt2 / root);
  EXPECT_NEAR(product.mean(), 0.0, 4.0 / root);
}

}  // namespace
}  // namespace reprise
