#include "workers/slepian/window_slopes.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace reprise::slepian {
namespace {

// P0_h(t) = (exp(-theta t) + small exp(-second t)) exp(bias h^2 t): two rates, and a grid that makes the
// slope err.
constexpr double kExponent = 0.1875, kSecond = 0.9, kSmall = 0.3, kBias = 0.02;
constexpr WindowPlan kPlan{4.0, 8, 2.0};

double log_no_zero(double time) {
  return std::log(std::exp(-kExponent * time) + kSmall * std::exp(-kSecond * time));
}

NoZeroLevels levels_with(double relative_error) {
  NoZeroLevels levels;
  for (std::size_t level = 0; level < levels.size(); ++level) {
    const double step = kPlan.time / (kPlan.steps * std::exp2(static_cast<double>(level)));
    for (std::size_t end = 0; end < levels[level].size(); ++end) {
      const double time = kPlan.time * static_cast<double>(end + 1);
      const double value = std::exp(log_no_zero(time) + kBias * step * step * time);
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

}  // namespace
}  // namespace reprise::slepian
