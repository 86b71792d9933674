#include "workers/slepian/validity.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace reprise::slepian {
namespace {

struct Expected {
  Model model;
  double sign, density, at, survival;  ///< 0: not below 0
  ValidityVerdict verdict;
};

// Acceptance value A31, the table of spec 2.9.
TEST(Validity, OfOscillatingCovariances) {
  using enum ValidityVerdict;
  for (const auto& [model, sign, density, at, survival, verdict] :
       {Expected{gaussian_cosine(.5), -.0005, 0, 0, 0, proper},
        Expected{gaussian_cosine(1), -.0440, 0, 0, 0, proper},
        Expected{gaussian_cosine(2), -.2333, -.0031, 4.27, -.00385, improper},
        Expected{damped_oscillator(.7), -.0211, 0, 0, 0, proper},
        Expected{damped_oscillator(.3), -.2531, 0, 0, 0, proper},
        Expected{sinc(), -.2916, -.1204, 2.44, -.0137, improper}}) {
    const Validity found = judge_validity(*covariance_of(model));
    EXPECT_EQ(found.verdict, verdict) << title(model);
    EXPECT_NEAR(found.least_sign, sign, 0.1 * std::abs(sign) + 1e-5) << title(model);
    if (density < 0.0) {
      EXPECT_NEAR(found.least_density, density, 0.1 * std::abs(density)) << title(model);
      EXPECT_NEAR(found.least_density_at, at, 0.02) << title(model);
      EXPECT_NEAR(found.least_survival, survival, 0.1 * std::abs(survival)) << title(model);
    } else {
      EXPECT_GE(found.least_density, -1e-4) << title(model);
      EXPECT_GE(found.least_survival, -1e-4) << title(model);
    }
  }
}

// With A32: a cancellation in 1 - r shows as a rise.
TEST(Validity, OfTheLibraryIsADivisor) {
  for (const Model& model :
       {diffusion(1), diffusion(2), diffusion(50), random_acceleration(), gaussian(), matern(1.5),
        matern(2.5), shifted_matern(.5, 2), shifted_matern(1.5, .25), cauchy(1), wendland()}) {
    const Validity found = judge_validity(*covariance_of(model));
    EXPECT_EQ(found.verdict, ValidityVerdict::divisor)
        << title(model) << ": rises by " << found.largest_rise << " at " << found.rise_at;
  }
}

TEST(Validity, OfTheMixtureIsProperWithoutDivisor) {
  const Validity found = judge_validity(*covariance_of(gaussian_mixture(.5, 1, .1)));
  EXPECT_EQ(found.verdict, ValidityVerdict::proper);
  EXPECT_GT(found.largest_rise, 1e-6);
}

}  // namespace
}  // namespace reprise::slepian
