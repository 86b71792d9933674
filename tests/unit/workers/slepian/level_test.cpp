#include "workers/slepian/level.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace reprise::slepian {
namespace {

// Acceptance value A30.
TEST(LevelSurvival, OfDiffusionAtHalf) {
  const auto found = level_survival(*covariance_of(diffusion(2)), 0.5, 0.01, 20.0);
  EXPECT_NEAR(found.above.at(2.0), .73805, 2e-4);
  EXPECT_NEAR(found.above.at(10.0), .07427, 2e-4);
  EXPECT_NEAR(found.below.at(2.0), .87800, 2e-4);
  EXPECT_NEAR(found.below.at(10.0), .36223, 2e-4);
}

TEST(LevelSurvival, AtZeroIsThatOfIntervals) {
  for (const Model& model : {diffusion(2), random_acceleration()}) {
    const auto covariance = covariance_of(model);
    const auto level = level_survival(*covariance, 0.0, 0.02, 10.0);
    const auto zero = interval_survival(*covariance, 0.02, 10.0);
    for (const double t : {0.5, 2.0, 9.0}) {
      EXPECT_NEAR(level.above.at(t), zero.at(t), 1e-6) << title(model);
      EXPECT_NEAR(level.below.at(t), zero.at(t), 1e-6) << title(model);
    }
  }
}

TEST(LevelSurvival, ItsMeanIsThatOfRice) {
  const auto covariance = covariance_of(gaussian());
  const double u = 0.8;
  const auto means = level_means(*covariance, u);
  const auto found = level_survival(*covariance, u, 0.01, 60.0);
  const auto integral = [](const SurvivalCurve& curve) {
    double sum = -0.5 * curve.survival.front();
    for (const double value : curve.survival) sum += value;
    return curve.step * sum;
  };
  EXPECT_NEAR(integral(found.above), means.above, 1e-3 * means.above);
  EXPECT_NEAR(integral(found.below), means.below, 1e-3 * means.below);
}

TEST(LevelSurvival, SignsMirrorEachOther) {
  const auto covariance = covariance_of(matern(2.5));
  for (const double t : {0.1, 1.0, 4.0}) {
    EXPECT_DOUBLE_EQ(sign_after_down(*covariance, 0.7, t), -sign_after_up(*covariance, -0.7, t));
    EXPECT_NEAR(sign_after_up(*covariance, 0.0, t), covariance->expected_sign(t), 1e-12);
  }
  EXPECT_DOUBLE_EQ(sign_after_up(*covariance, 0.7, 0.0), 1.0);
  EXPECT_DOUBLE_EQ(sign_after_down(*covariance, 0.7, 0.0), -1.0);
}

}  // namespace
}  // namespace reprise::slepian
