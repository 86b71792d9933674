#include "workers/slepian/exponent.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "workers/slepian/laplace_inversion.hpp"

namespace reprise::slepian {
namespace {

struct Case {
  Model model;
  double exponent;
};

// Acceptance value A7.
TEST(PersistencyExponent, ComesOutForTheLibrary) {
  for (const auto& [model, exponent] :
       {Case{diffusion(1), .120327978842}, Case{diffusion(2), .186210712979},
        Case{diffusion(3), .235774477540}, Case{diffusion(5), .312777001658},
        Case{diffusion(20), .644540916665}, Case{diffusion(10), .451334684981},
        Case{diffusion(50), 1.024927219302}, Case{gaussian(), .411497153976},
        Case{random_acceleration(), .264668571132}, Case{matern(1.25), .664790225514},
        Case{matern(1.5), .583179282603}, Case{matern(2.5), .489766299363}, Case{matern(3.5), .462620142187},
        Case{shifted_matern(.5, 1), .366338126429}, Case{shifted_matern(.5, .5), .473728823416},
        Case{shifted_matern(.5, 2), .273288230487}}) {
    const auto found = persistency_exponent(*covariance_of(model));
    ASSERT_TRUE(found) << title(model);
    EXPECT_NEAR(found->exponent, exponent, 1e-9) << title(model);
  }
}

// Acceptance value A8.
TEST(PersistencyExponent, HasItsAmplitude) {
  for (const auto& [model, amplitude] :
       {Case{diffusion(1), 1.0613269}, Case{diffusion(2), 1.1954256573}, Case{diffusion(3), 1.2471577},
        Case{random_acceleration(), .9520666742}, Case{gaussian(), 1.3486197201},
        Case{matern(1.5), 1.0939115873}, Case{matern(2.5), 1.2374014236}}) {
    EXPECT_NEAR(persistency_exponent(*covariance_of(model))->amplitude, amplitude, 1e-6) << title(model);
  }
}

TEST(PersistencyExponent, IsTheRootOfTheTransformInClosedForm) {
  const double diffusing = persistency_exponent(*covariance_of(diffusion(2)))->exponent;
  EXPECT_NEAR(1.0 - diffusing * diffusion_sign_transform(-diffusing).real(), 0.0, 1e-11);
  const double accelerated = persistency_exponent(*covariance_of(random_acceleration()))->exponent;
  EXPECT_NEAR(1.0 - accelerated * acceleration_sign_transform(-accelerated).real(), 0.0, 1e-11);
}

TEST(PersistencyExponent, ScalesWithTime) {
  EXPECT_NEAR(persistency_exponent(*covariance_of(matern(1.5, 3.0)))->exponent, .583179282603 / 3.0, 1e-10);
}

TEST(PersistencyExponent, IsNoneWhereNothingDecaysExponentially) {
  EXPECT_FALSE(persistency_exponent(*covariance_of(cauchy(1.0))));
  EXPECT_FALSE(persistency_exponent(*covariance_of(sinc())));
}

TEST(PersistencyExponent, ExistsForCompactSupport) {
  const auto found = persistency_exponent(*covariance_of(wendland()));
  ASSERT_TRUE(found);
  EXPECT_GT(found->exponent, 0.0);
  EXPECT_TRUE(std::isfinite(found->amplitude));
}

// Acceptance value A29; exact values (1 - (6/pi) arcsin(p/2))/4.
TEST(PersistencyExponent, OfPartialSurvival) {
  const auto covariance = covariance_of(random_acceleration());
  EXPECT_NEAR(*partial_survival_exponent(*covariance, .25), .200795176624, 1e-9);
  EXPECT_NEAR(*partial_survival_exponent(*covariance, .5), .135284373568, 1e-9);
  EXPECT_NEAR(*partial_survival_exponent(*covariance, .75), .068302373711, 1e-9);
  EXPECT_NEAR(*partial_survival_exponent(*covariance, 0.0), .264668571132, 1e-9);
  EXPECT_NEAR(0.25 * (1.0 - 6.0 / std::numbers::pi * std::asin(0.25)), .129354065117, 1e-9);
}

// Acceptance value A15.
TEST(DivisorMoments, SecondOnes) {
  EXPECT_NEAR(divisor_moments(*covariance_of(random_acceleration())).second, 7.0317217161, 1e-7);
  EXPECT_NEAR(divisor_moments(*covariance_of(diffusion(2))).second, 14.6554495068, 1e-7);
  EXPECT_NEAR(divisor_moments(*covariance_of(gaussian())).second, 3.0005025826, 1e-7);
}

// Claim C4: both approximations are the same.
TEST(IntervalTransform, IsTheSameFromTheSlepianAndTheClippedProcess) {
  for (const Model& model : {diffusion(2), random_acceleration(), matern(1.25), gaussian(), cauchy(1.0)}) {
    const auto covariance = covariance_of(model);
    for (const double s : {.05, .1, .2, .5, 1., 2., 5.})
      EXPECT_NEAR(interval_transform(*covariance, s), classical_transform(*covariance, s), 1e-9)
          << title(model) << " at " << s;
  }
}

TEST(IntervalTransform, AgreesWithItsClosedForm) {
  const auto covariance = covariance_of(diffusion(2));
  for (const double s : {.1, 1., 5.})
    EXPECT_NEAR(scaled_transform(*covariance, s), s * diffusion_sign_transform(s).real(), 1e-11);
}

}  // namespace
}  // namespace reprise::slepian
