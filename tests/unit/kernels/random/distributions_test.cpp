#include "kernels/random/distributions.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <functional>
#include <stdexcept>

#include "kernels/statistics/moments.hpp"

namespace reprise {
namespace {

// Mean within 4.5 standard errors, variance within a few percent; seeds are fixed.
void expect_moments(const std::function<double()>& draw, double mean, double variance) {
  RunningMoments moments;
  for (int i = 0; i < 100000; ++i) {
    moments.add(draw());
  }
  EXPECT_NEAR(moments.mean(), mean, 4.5 * moments.standard_error());
  EXPECT_NEAR(moments.variance(), variance, 0.04 * variance);
}

TEST(Distributions, HaveTheirMoments) {
  Philox random(random_key(11), 0);
  expect_moments([&] { return uniform(random); }, 0.5, 1.0 / 12.0);
  expect_moments([&] { return normal(random); }, 0.0, 1.0);
  expect_moments([&] { return exponential(random); }, 1.0, 1.0);
  for (const double shape : {0.3, 1.0, 4.5}) {
    expect_moments([&] { return gamma(random, shape); }, shape, shape);
  }
  for (const double mean : {0.7, 9.0, 11.0, 3000.0}) {
    expect_moments([&] { return static_cast<double>(poisson(random, mean)); }, mean, mean);
  }
}

TEST(Distributions, BinomialHasItsMoments) {
  Philox random(random_key(12), 0);
  RunningMoments moments;
  for (int i = 0; i < 5000; ++i) {
    moments.add(static_cast<double>(binomial(random, 10000, 0.3)));
  }
  EXPECT_NEAR(moments.mean(), 3000.0, 4.5 * moments.standard_error());
  EXPECT_NEAR(moments.variance(), 2100.0, 0.1 * 2100.0);
}

TEST(Distributions, IntegersAreUniform) {
  Philox random(random_key(13), 0);
  std::array<int, 6> seen{};
  for (int i = 0; i < 60000; ++i) {
    ++seen.at(uniform_below(random, 6));
  }
  for (const int count : seen) {
    EXPECT_NEAR(count, 10000, 450);
  }
}

TEST(Distributions, RefuseWhatIsNoLaw) {
  Philox random(random_key(1), 0);
  EXPECT_THROW((void)uniform_below(random, 0), std::invalid_argument);
  EXPECT_THROW((void)gamma(random, 0.0), std::invalid_argument);
  EXPECT_THROW((void)poisson(random, -1.0), std::invalid_argument);
}

}  // namespace
}  // namespace reprise
