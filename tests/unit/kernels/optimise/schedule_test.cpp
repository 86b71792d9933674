#include "kernels/optimise/schedule.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <stdexcept>

namespace reprise::nn {
namespace {

template <class Schedule>
std::vector<double> rates(Schedule schedule, int steps) {
  std::vector<double> all{schedule.rate()};
  for (int i = 0; i < steps; ++i) all.push_back(schedule.step());
  return all;
}

TEST(CosineSchedule, FallsByTheRecursionOfPyTorch) {
  const CosineRule rule{.rate = 0.3, .least_rate = 0.01, .steps = 20};
  const auto all = rates(CosineSchedule(rule), 25);
  double rate = 0.3;
  for (int t = 0; t < 19; ++t) {
    // CosineAnnealingLR: eta_(t+1) - eta_min over eta_t - eta_min.
    const auto raised = [&](int at) { return 1 + std::cos(std::numbers::pi * at / 20); };
    rate = 0.01 + (rate - 0.01) * raised(t + 1) / raised(t);
    EXPECT_NEAR(all[static_cast<std::size_t>(t) + 1], rate, 1e-12);
  }
  EXPECT_DOUBLE_EQ(all[10], 0.155);
  for (std::size_t t = 20; t < all.size(); ++t) EXPECT_DOUBLE_EQ(all[t], 0.01);
}

TEST(StepSchedule, FallsEachPeriod) {
  const auto all = rates(StepSchedule(StepRule{.rate = 0.8, .factor = 0.5, .period = 3}), 8);
  EXPECT_EQ(all, (std::vector<double>{.8, .8, .8, .4, .4, .4, .2, .2, .2}));
}

TEST(MultiStepSchedule, FallsAtMilestones) {
  const auto all =
      rates(MultiStepSchedule(MultiStepRule{.rate = 1, .factor = 0.5, .milestones = {2, 3, 6}}), 7);
  EXPECT_EQ(all, (std::vector<double>{1, 1, .5, .25, .25, .25, .125, .125}));
}

TEST(WarmUpSchedule, RisesThenFollowsFromItsFirstStep) {
  const StepRule rule{.rate = 1, .factor = 0.5, .period = 2};
  const auto all = rates(WarmUpSchedule(WarmUp{.steps = 4, .from = 0.2}, StepSchedule(rule)), 9);
  const std::vector<double> expected{.2, .4, .6, .8, 1, 1, .5, .5, .25, .25};
  ASSERT_EQ(all.size(), expected.size());
  for (std::size_t t = 0; t < all.size(); ++t) EXPECT_NEAR(all[t], expected[t], 1e-15) << t;
}

TEST(WarmUpSchedule, GoesOnFromItsState) {
  const CosineRule rule{.rate = 0.5, .least_rate = 0, .steps = 6};
  const WarmUp warm_up{.steps = 3, .from = 0.1};
  for (int cut = 0; cut < 9; ++cut) {
    WarmUpSchedule whole(warm_up, CosineSchedule(rule));
    for (int t = 0; t < cut; ++t) whole.step();
    const auto state = whole.state();
    WarmUpSchedule resumed(warm_up, CosineSchedule(rule, state.following), state.step);
    for (int t = cut; t < 10; ++t) EXPECT_EQ(resumed.step(), whole.step());
    EXPECT_EQ(resumed.state(), whole.state());
  }
}

TEST(Schedules, RefuseWhatIsNoRule) {
  EXPECT_THROW(CosineSchedule(CosineRule{.steps = 0}), std::invalid_argument);
  EXPECT_THROW(CosineSchedule(CosineRule{.rate = 0.1, .least_rate = 0.2}), std::invalid_argument);
  EXPECT_THROW(StepSchedule(StepRule{.factor = 1.5}), std::invalid_argument);
  EXPECT_THROW(MultiStepSchedule(MultiStepRule{.milestones = {3, 2}}), std::invalid_argument);
  EXPECT_THROW(WarmUpSchedule(WarmUp{.from = 2}, StepSchedule(StepRule{})), std::invalid_argument);
}

}  // namespace
}  // namespace reprise::nn
