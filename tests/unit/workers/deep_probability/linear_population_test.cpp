#include "workers/deep_probability/linear_population.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "kernels/numerics/sigmoid.hpp"
#include "kernels/random/hash_rng.hpp"
#include "kernels/statistics/moments.hpp"

namespace reprise::deep_probability {
namespace {

// Reference values of an independent implementation in another language.
TEST(LinearPopulation, HasItsReferenceValues) {
  const LinearPopulation population(2.0);
  EXPECT_NEAR(population.slope(), 0.151426377, 1e-8);
  EXPECT_NEAR(population.variance(), 0.098573623, 1e-8);
  EXPECT_NEAR(population.squared_error(1.0, 0.5), 0.078892350, 1e-7);
  EXPECT_NEAR(population.squared_error(2.0, 0.9), 0.022545570, 1e-7);
  EXPECT_NEAR(population.squared_error(2.0, 1.0), 0.0, 1e-7);
  EXPECT_NEAR(population.squared_error_of_certainty(0.5), 0.224493933, 1e-7);
  EXPECT_NEAR(population.squared_error_of_certainty(0.8), 0.139842440, 1e-7);
  EXPECT_NEAR(population.cross_entropy(1.0, 0.5), 0.654632806, 1e-7);
  EXPECT_NEAR(population.cross_entropy(2.0, 1.0), 0.462008878, 1e-7);
}

TEST(LinearPopulation, HasTheAlignmentsOfTheFirstStep) {
  const LinearPopulation population(2.0);
  const double samples[] = {200, 400, 1000, 4000};
  const double alignments[] = {0.3937, 0.5181, 0.6917, 0.8865};
  for (int k = 0; k < 4; ++k) {
    EXPECT_NEAR(population.first_alignment(400.0 / samples[k]), alignments[k], 5.1e-5);
  }
}

// Fixed seed; bounds are 4 standard errors wide.
TEST(LinearPopulation, AgreesWithDraws) {
  const LinearPopulation population(2.0);
  constexpr double kNorm = 3.0;
  constexpr double kAlignment = 0.6;
  RunningMoments error;
  RunningMoments entropy;
  RunningMoments certain;
  for (std::uint64_t i = 0; i < 200000; ++i) {
    const double u = HashRng(1, 0).normal(i);
    const double v = kAlignment * u + 0.8 * HashRng(1, 1).normal(i);
    const double p = sigmoid(2.0 * u);
    error.add((sigmoid(kNorm * v) - p) * (sigmoid(kNorm * v) - p));
    entropy.add(p * softplus(-kNorm * v) + (1.0 - p) * softplus(kNorm * v));
    certain.add((v > 0.0 ? 1.0 - p : p) * (v > 0.0 ? 1.0 - p : p));
  }
  EXPECT_NEAR(population.squared_error(kNorm, kAlignment), error.mean(), 4.0 * error.standard_error());
  EXPECT_NEAR(population.cross_entropy(kNorm, kAlignment), entropy.mean(), 4.0 * entropy.standard_error());
  EXPECT_NEAR(population.squared_error_of_certainty(kAlignment), certain.mean(),
              4.0 * certain.standard_error());
}

TEST(LinearPopulation, HasTheLimitsOfItsQuantities) {
  const LinearPopulation population(2.0);
  EXPECT_NEAR(population.squared_error(0.0, 0.3), population.variance(), 1e-12);
  EXPECT_NEAR(population.cross_entropy(0.0, 0.3), std::log(2.0), 1e-12);
  // E sigmoid(s V)^2 falls short of 1/2 by E sigmoid'(s V) ~ 1/(s sqrt(2 pi)); what else is missing is of
  // order 1/s^2.
  EXPECT_NEAR(population.squared_error(30.0, 0.5),
              population.squared_error_of_certainty(0.5) - 1.0 / (30.0 * std::sqrt(2.0 * std::numbers::pi)),
              1e-3);
  // Cross-entropy is least at the truth, where it is the entropy.
  const double least = population.cross_entropy(2.0, 1.0);
  for (const double norm : {1.5, 1.9, 2.1, 3.0}) {
    EXPECT_GT(population.cross_entropy(norm, 1.0), least);
    EXPECT_GT(population.cross_entropy(norm, 0.95), least);
  }
  EXPECT_THROW((void)population.squared_error(1.0, 1.1), std::invalid_argument);
}

TEST(LinearPopulation, IsAsPreciseAsItSays) {
  const LinearPopulation population(2.0);
  const LinearPopulation finer(2.0, 600);
  EXPECT_NEAR(population.squared_error(15.0, 0.5), finer.squared_error(15.0, 0.5), 1e-7);
  EXPECT_NEAR(population.squared_error(10.0, 0.9), finer.squared_error(10.0, 0.9), 1e-7);
  EXPECT_NEAR(population.squared_error(5.0, 1.0), finer.squared_error(5.0, 1.0), 1.2e-7);
  EXPECT_NEAR(population.squared_error_of_certainty(0.99), finer.squared_error_of_certainty(0.99), 1e-5);
}

// At perfect alignment the favoured outcome is the likelier one, and certainty errs by E min(p, 1 - p)^2.
TEST(LinearPopulation, OfAlignedCertaintyErrsByTheSmallerProbability) {
  const LinearPopulation population(2.0);
  RunningMoments draws;
  for (std::uint64_t i = 0; i < 200000; ++i) {
    const double p = sigmoid(-2.0 * std::abs(HashRng(2, 0).normal(i)));
    draws.add(p * p);
  }
  EXPECT_NEAR(population.squared_error_of_certainty(1.0), draws.mean(), 4.0 * draws.standard_error() + 2e-3);
}

}  // namespace
}  // namespace reprise::deep_probability
