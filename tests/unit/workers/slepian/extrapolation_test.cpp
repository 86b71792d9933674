#include "workers/slepian/extrapolation.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace reprise::slepian {
namespace {

TEST(Extrapolate, RemovesTheFirstTermOfTheBias) {
  for (const double order : {1.25, 1.5, 2.0}) {
    const auto at = [&](double h) { return Estimate{3.0 + 0.7 * std::pow(h, order), 0.0}; };
    EXPECT_NEAR(extrapolate(at(0.4), at(0.2), order).value, 3.0, 1e-14);
  }
}

TEST(Extrapolate, RemovesTwoTermsFromThreeLevels) {
  const auto at = [](double h, double order, double second) {
    return Estimate{3.0 + 0.7 * std::pow(h, order) - 0.3 * std::pow(h, second), 0.0};
  };
  EXPECT_NEAR(extrapolate(std::array{at(.4, 2, 4), at(.2, 2, 4), at(.1, 2, 4)}, 2.0).value, 3.0, 1e-13);
  EXPECT_NEAR(extrapolate(std::array{at(.4, 1.5, 3), at(.2, 1.5, 3), at(.1, 1.5, 3)}, 1.5).value, 3.0, 1e-13);
}

TEST(Extrapolate, PropagatesErrors) {
  // (4 v_(h/2) - v_h)/3
  EXPECT_NEAR(extrapolate(Estimate{0.0, 3.0}, Estimate{0.0, 1.0}, 2.0).standard_error, 5.0 / 3.0, 1e-14);
  // (64 v_(h/4) - 20 v_(h/2) + v_h)/45
  const std::array levels{Estimate{0.0, 1.0}, Estimate{0.0, 1.0}, Estimate{0.0, 1.0}};
  EXPECT_NEAR(extrapolate(levels, 2.0).standard_error, std::sqrt(64.0 * 64 + 20 * 20 + 1) / 45.0, 1e-12);
}

// The spec's rows A23 and A24: theta_h of diffusion in two dimensions and of random acceleration.
TEST(Extrapolate, LeadsToTheExactExponents) {
  EXPECT_NEAR(extrapolate(std::array{Estimate{.182147}, Estimate{.186108}, Estimate{.18710}}, 2.0).value,
              .1875, 2e-4);
  EXPECT_NEAR(extrapolate(std::array{Estimate{.242341}, Estimate{.247073}, Estimate{.248937}}, 1.5).value,
              .25, 3e-4);
}

TEST(FittedOrder, IsThatOfTheBias) {
  const auto at = [](double h) { return Estimate{1.0 - 0.2 * std::pow(h, 1.25), 0.0}; };
  EXPECT_NEAR(fitted_order({at(.4), at(.2), at(.1)}), 1.25, 1e-12);
  EXPECT_TRUE(std::isnan(fitted_order({Estimate{1.0}, Estimate{2.0}, Estimate{1.5}})));
}

}  // namespace
}  // namespace reprise::slepian
