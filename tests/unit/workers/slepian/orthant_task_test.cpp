#include "workers/slepian/orthant_task.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numbers>

#include "tests/unit/workers/stored_results.hpp"
#include "workers/slepian/covariance.hpp"
#include "workers/slepian/extrapolation.hpp"

namespace reprise::slepian {
namespace {

constexpr double kMean = 2.0 * std::numbers::pi;  // of diffusion in two dimensions

/// Mean over shifts of lattices of `points` points.
Estimate estimate(const OrthantPoint& point, std::uint64_t points, std::uint32_t shifts) {
  StoredResults run;
  const OrthantSums sums =
      run.run(sum_orthant, OrthantInput{point, LatticeRule::rank_one, 0, shifts, 0, points});
  std::vector<double> means;
  for (std::size_t shift = 0; shift < sums.sum.size(); ++shift)
    means.push_back((sums.sum[shift] + sums.rest[shift]) / static_cast<double>(points));
  return mean_with_error(means);
}

Estimate slope(const Model& model, double time, std::int32_t steps) {
  const Estimate one = estimate({model, OrthantKind::no_zero, time, steps}, 4096, 8);
  const Estimate two = estimate({model, OrthantKind::no_zero, 2.0 * time, 2 * steps}, 4096, 8);
  return {std::log(one.value / two.value) / time,
          std::hypot(one.standard_error / one.value, two.standard_error / two.value) / time};
}

// Acceptance value A20: closed forms for two and three points.
TEST(Orthants, OfTwoAndThreePoints) {
  EXPECT_NEAR(estimate({diffusion(2), OrthantKind::no_zero, 1.0, 1}, 2048, 8).value, .847089953376, 1e-3);
  EXPECT_NEAR(estimate({diffusion(2), OrthantKind::no_zero, 2.0, 2}, 2048, 8).value, .709298460541, 1e-3);
  const auto covariance = covariance_of(diffusion(2));
  const double first = std::asin(covariance->value(1.0)), second = std::asin(covariance->value(2.0));
  EXPECT_NEAR(2.0 * (0.25 + first / (2.0 * std::numbers::pi)), .847089953376, 1e-12);
  EXPECT_NEAR(2.0 * (0.125 + (2.0 * first + second) / (4.0 * std::numbers::pi)), .709298460541, 1e-12);
}

// Acceptance value A22: the bias of a grid.
TEST(Orthants, OfNoZeroOnGrids) {
  const std::array expected{.238088, .231084, .229304, .228813};
  for (int k = 0; k < 4; ++k) {
    const Estimate found = estimate({diffusion(2), OrthantKind::no_zero, 8.0, 8 << k}, 4096, 8);
    EXPECT_NEAR(found.value, expected[static_cast<std::size_t>(k)], 2e-4 + 3.0 * found.standard_error);
  }
}

// Acceptance values A23 and A24.
TEST(Orthants, LeadToTheExactExponents) {
  const std::array smooth{slope(diffusion(2), 8.0, 8), slope(diffusion(2), 8.0, 16),
                          slope(diffusion(2), 8.0, 32)};
  const std::array rough{slope(random_acceleration(), 6.4, 16), slope(random_acceleration(), 6.4, 32),
                         slope(random_acceleration(), 6.4, 64)};
  const std::array smooth_expected{.182147, .186108, .18710}, rough_expected{.242341, .247073, .248937};
  for (std::size_t k = 0; k < 3; ++k) {
    EXPECT_NEAR(smooth[k].value, smooth_expected[k], 2e-4 + 3.0 * smooth[k].standard_error);
    EXPECT_NEAR(rough[k].value, rough_expected[k], 2e-4 + 3.0 * rough[k].standard_error);
  }
  const Estimate diffusing = extrapolate(smooth, 2.0), accelerated = extrapolate(rough, 1.5);
  EXPECT_LT(diffusing.standard_error, 6e-4);
  EXPECT_NEAR(diffusing.value, 3.0 / 16.0, 4.0 * diffusing.standard_error);
  EXPECT_NEAR(accelerated.value, 0.25, 4.0 * accelerated.standard_error);
}

// Acceptance value A26.
TEST(Orthants, OfSlepianProcessesAreThoseOfExcursions) {
  const std::array units{0.5, 1.0, 2.0, 4.0}, expected{.66847834, .37176422, .11445382, .01084796};
  for (std::size_t k = 0; k < units.size(); ++k) {
    const auto at = [&](std::int32_t steps) {
      return estimate({diffusion(2), OrthantKind::survival, units[k] * kMean, steps}, 4096, 8);
    };
    const auto steps = static_cast<std::int32_t>(std::max(8.0, 8.0 * units[k]));
    const Estimate found = extrapolate(at(steps), at(2 * steps), 2.0);
    EXPECT_NEAR(found.value, expected[k], 4e-4 + 3.0 * found.standard_error) << units[k];
  }
}

// Acceptance value A27.
TEST(Orthants, OfDurbinAreDensitiesOfExcursions) {
  const std::array times{1.0, 2.0, 5.0, 10.0}, expected{.103780, .135392, .088582, .034723};
  for (std::size_t k = 0; k < times.size(); ++k) {
    const auto at = [&](std::int32_t steps) {
      return estimate({diffusion(2), OrthantKind::density, times[k], steps}, 2048, 8);
    };
    const auto steps = static_cast<std::int32_t>(std::max(4.0, 2.0 * times[k]));
    const Estimate found = extrapolate(at(steps), at(2 * steps), 2.0);
    EXPECT_NEAR(found.value, expected[k], 1e-4 + 3.0 * found.standard_error) << times[k];
  }
}

std::vector<double> sums(std::uint32_t shift, std::uint32_t shifts, std::uint64_t first,
                         std::uint64_t count) {
  StoredResults run;
  const OrthantPoint point{diffusion(2), OrthantKind::no_zero, 4.0, 8};
  return run.run(sum_orthant, OrthantInput{point, LatticeRule::richtmyer, shift, shifts, first, count}).sum;
}

TEST(Orthants, RangesOfALatticeAddUp) {
  EXPECT_NEAR(sums(3, 1, 0, 1024)[0] + sums(3, 1, 1024, 1024)[0], sums(3, 1, 0, 2048)[0], 1e-9);
}

TEST(Orthants, ShiftsAreTheSameHoweverTheyAreDealtOut) {
  const auto all = sums(2, 3, 0, 1024);
  ASSERT_EQ(all.size(), 3U);
  for (std::uint32_t k = 0; k < 3; ++k) EXPECT_EQ(sums(2 + k, 1, 0, 1024)[0], all[k]);
  EXPECT_NE(all[0], all[1]);
  EXPECT_NE(all[1], all[2]);
}

}  // namespace
}  // namespace reprise::slepian
