#include "kernels/statistics/stable_density.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "kernels/statistics/quantile.hpp"
#include "kernels/statistics/stable.hpp"

namespace reprise {
namespace {

// Laplace transform exp(-sqrt s): Lévy's law of scale 1/2.
TEST(StableDensity, AtOneHalfIsLevys) {
  const StableDensity law(0.5);
  for (const double x : {0.05, 0.2, 1.0, 5.0, 40.0}) {
    EXPECT_NEAR(law.density(x), std::exp(-0.25 / x) / (2.0 * std::sqrt(std::numbers::pi) * std::pow(x, 1.5)),
                1e-8);
    EXPECT_NEAR(law.distribution(x), std::erfc(0.5 / std::sqrt(x)), 1e-8);
  }
  EXPECT_EQ(law.density(-1.0), 0.0);
}

// Pollard's series (1946): f(x) = sum_k (-1)^(k+1) Gamma(k index + 1) sin(k pi index) x^(-k index - 1) / (pi
// k!).
TEST(StableDensity, HasItsPowerLawTail) {
  for (const double index : {0.1, 0.25, 0.5, 0.75, 0.9}) {
    const StableDensity law(index);
    for (const double reach : {4.0, 10.0, 30.0}) {
      const double x = std::exp(reach / index);
      double series = 0.0;
      for (int k = 1; k <= 20; ++k) {
        series +=
            (k % 2 == 1 ? 1.0 : -1.0) * std::sin(k * std::numbers::pi * index) / std::numbers::pi *
            std::exp(std::lgamma(k * index + 1.0) - std::lgamma(k + 1.0) - (k * index + 1.0) * std::log(x));
      }
      EXPECT_NEAR(law.density(x) / series, 1.0, 1e-6) << index << " " << reach;
    }
  }
}

// At 2 the law is N(0, 2).
TEST(StableDensity, NearTwoIsGaussian) {
  const StableDensity law(1.9999);
  for (const double x : {-2.0, 0.0, 1.0}) {
    EXPECT_NEAR(law.density(x), std::exp(-0.25 * x * x) / std::sqrt(4.0 * std::numbers::pi), 1e-3);
  }
}

// 20,000 draws: the distribution function at a sample quantile errs by 0.0035 (one standard deviation) at
// most.
TEST(StableDensity, HasTheQuantilesOfItsDraws) {
  for (const double index : {0.25, 0.75, 1.25, 1.5, 1.75}) {
    Philox random(random_key(61), static_cast<std::uint64_t>(index * 100));
    const StableLaw draw(index);
    std::vector<double> values;
    for (int i = 0; i < 20000; ++i)
      values.push_back(index < 1.0 ? positive_stable(random, index) : draw(random));
    const StableDensity law(index);
    for (const double p : {0.1, 0.25, 0.5, 0.75, 0.9}) {
      EXPECT_NEAR(law.distribution(quantile(values, p)), p, 4 * 0.0035) << index;
      EXPECT_NEAR(law.distribution(law.quantile(p)), p, 1e-7);
    }
  }
}

TEST(StableDensity, IsTheSlopeOfTheDistribution) {
  for (const double index : {0.3, 0.8, 1.2, 1.7}) {
    const StableDensity law(index);
    const double x = law.quantile(0.6);
    const double step = 1e-4 * x;
    EXPECT_NEAR((law.distribution(x + step) - law.distribution(x - step)) / (2 * step) / law.density(x), 1.0,
                1e-4);
  }
}

TEST(StableDensity, RefusesOtherIndices) {
  EXPECT_THROW(StableDensity(1.0), std::invalid_argument);
  EXPECT_THROW(StableDensity(2.0), std::invalid_argument);
}

}  // namespace
}  // namespace reprise
