#include "workers/slepian/exact_acceleration.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace reprise::slepian {
namespace {

struct Point {
  double t, value;
};

// Acceptance values A18 and A19.
TEST(ExactAcceleration, SurvivalOfAnExcursion) {
  const ExactAcceleration exact;
  for (const auto& [t, value] : {Point{.5, .839000}, Point{1, .719585}, Point{2, .545518}, Point{5, .253839},
                                 Point{10, .0726663}, Point{20, .00596445}})
    EXPECT_NEAR(exact.survival(t), value, 2e-6) << t;
  EXPECT_NEAR(exact.density(10.0) / exact.survival(10.0), .250007, 2e-5);
}

TEST(ExactAcceleration, BeginsAsItMust) {
  const ExactAcceleration exact;
  EXPECT_NEAR(exact.survival(0.0), 1.0, 1e-6);
  EXPECT_NEAR(exact.density(0.0), 37.0 / 96.0, 1e-5);
}

TEST(ExactAcceleration, ReturnsByAPowerLaw) {
  EXPECT_NEAR(return_density(1e8) * std::pow(1e8, 1.25), .2903655, 1e-4);
}

}  // namespace
}  // namespace reprise::slepian
