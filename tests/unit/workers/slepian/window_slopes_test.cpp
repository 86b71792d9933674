#include "workers/slepian/window_slopes.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace reprise::slepian {
namespace {

// P0_h(t) = (exp(-theta t) + small exp(-second t)) exp((bias h^2 + sixth h^6) t): two rates, and a
// grid that makes the slope err.
constexpr double kExponent = 0.1875, kSecond = 0.9, kSmall = 0.3, kBias = 0.02;
constexpr WindowPlan kPlan{4.0, 8, 2.0};

double log_no_zero(double time) {
  return std::log(std::exp(-kExponent * time) + kSmall * std::exp(-kSecond * time));
}

NoZeroLevels levels_with(double relative_error, std::size_t grids = 3, double sixth = 0.0) {
  NoZeroLevels levels(grids);
  for (std::size_t level = 0; level < levels.size(); ++level) {
    const double step = kPlan.time / (kPlan.steps * std::exp2(static_cast<double>(level)));
    for (std::size_t end = 0; end < levels[level].size(); ++end) {
      const double time = kPlan.time * static_cast<double>(end + 1);
      const double bias = kBias * step * step + sixth * std::pow(step, 6);
      const double value = std::exp(log_no_zero(time) + bias * time);
      levels[level][end] = {value, relative_error * value};
    }
  }
  return levels;
}

TEST(WindowSlopes, AreExtrapolatedToStepZero) {
  const WindowSlopes slopes = read_slopes(kPlan, levels_with(0.0));
  const double expected = (log_no_zero(4.0) - log_no_zero(8.0)) / 4.0;
  EXPECT_NEAR(slopes.exponent.value, expected, 1e-12);
  EXPECT_NEAR(slopes.fitted_order, 2.0, 1e-9);
  EXPECT_NEAR(slopes.refitted.value, expected, 1e-12);
  EXPECT_NEAR(slopes.slope[0].value, expected - kBias * 0.25, 1e-12);
}

TEST(WindowSlopes, SayHowMuchALaterWindowChangesThem) {
  const WindowSlopes slopes = read_slopes(kPlan, levels_with(0.0));
  const double first = (log_no_zero(4.0) - log_no_zero(8.0)) / 4.0;
  const double later = (log_no_zero(8.0) - log_no_zero(12.0)) / 4.0;
  EXPECT_NEAR(slopes.change.value, later - first, 1e-12);
  EXPECT_LT(slopes.change.value, -1e-3);  // the second rate has not died away at 4
}

TEST(WindowSlopes, ErrorsOfWindowsThatShareAnEndAreCountedOnce) {
  const WindowSlopes slopes = read_slopes(kPlan, levels_with(1e-4));
  // log P0 enters the exponent with weights 1, -1, its change with -1, 2, -1; both are extrapolated alike.
  EXPECT_NEAR(slopes.change.standard_error / slopes.exponent.standard_error, std::sqrt(6.0 / 2.0), 1e-9);
  EXPECT_NEAR(slopes.slope[1].standard_error, std::sqrt(2.0) * 1e-4 / 4.0, 1e-12);
}

// A bias beyond the two terms that are taken out shows when the finest grid is left out.
TEST(WindowSlopes, SayWhatTheFinestOfFourGridsChanges) {
  const WindowSlopes three = read_slopes(kPlan, levels_with(1e-4, 3, 0.01));
  const WindowSlopes four = read_slopes(kPlan, levels_with(1e-4, 4, 0.01));
  ASSERT_EQ(four.slope.size(), 4U);
  EXPECT_NEAR(four.coarsened.value, three.exponent.value - four.exponent.value, 1e-12);
  EXPECT_GT(std::abs(four.coarsened.value), 1e-6);
  EXPECT_TRUE(std::isnan(three.coarsened.value));
  // The two have two grids in common, with weights of opposite signs: more than if they were independent.
  EXPECT_GT(four.coarsened.standard_error, std::sqrt(2.0) * four.exponent.standard_error);
}

}  // namespace
}  // namespace reprise::slepian
