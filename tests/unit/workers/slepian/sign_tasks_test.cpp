#include "workers/slepian/sign_tasks.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "tests/unit/workers/stored_results.hpp"

namespace reprise::slepian {
namespace {

// Acceptance value A28, 4 standard errors.
TEST(ClippedSigns, HaveTheirMeans) {
  StoredResults run;
  const ClippedInput input{diffusion(3), {.3, 1.0, 2.5}, 100'000, 0};
  const SignMeans found = run.run(draw_clipped, input);
  const std::vector<double> expected{.986075, .859294, .433853};
  for (std::size_t k = 0; k < expected.size(); ++k)
    EXPECT_NEAR(found.mean[k], expected[k], 4.0 * std::sqrt((1.0 - expected[k] * expected[k]) / 1e5))
        << input.times[k];
}

// Spec 3, E6 (ii), whose first value has its last digits out of order.
TEST(SwitchProcess, HasTheCovarianceOfTheClippedOne) {
  StoredResults run;
  SwitchInput input{diffusion(2), 400'000, 0};
  input.lags = {.5, 1.0, 2.0, 4.0};
  const SignMeans found = run.run(draw_switches, input);
  const std::vector<double> expected{.842477478, .694179907, .448834029, .171273631};
  for (std::size_t k = 0; k < expected.size(); ++k) {
    EXPECT_NEAR(2.0 / std::numbers::pi * std::asin(1.0 / std::cosh(0.5 * input.lags[k])), expected[k], 1e-8);
    EXPECT_NEAR(found.mean[k], expected[k], 3e-3) << input.lags[k];
  }
}

}  // namespace
}  // namespace reprise::slepian
