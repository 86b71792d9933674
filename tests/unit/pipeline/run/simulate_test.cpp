#include "pipeline/run/simulate.hpp"

#include <gtest/gtest.h>

namespace reprise {
namespace {

constexpr CoordinatorCosts free_of_cost{0, 0};

StageLoad load(std::initializer_list<double> seconds) {
  StageLoad made;
  for (const double each : seconds) made.add(each);
  return made;
}

TEST(Simulate, NothingTakesNoTime) {
  const auto forecast = simulate({}, 4);
  EXPECT_EQ(forecast.wall_seconds, 0);
  EXPECT_EQ(forecast.messages, 0U);
}

TEST(Simulate, LongTasksGoToTheRankThatIsFreeFirst) {
  // Ranks: 5 | 3, 2+... : 5; 3 then 4 -> 7; 5 then 1 -> 6.
  const auto stage = load({5, 3, 4, 1});
  const auto forecast = simulate({{{&stage}}}, 2, free_of_cost);
  EXPECT_DOUBLE_EQ(forecast.wall_seconds, 7);
  EXPECT_DOUBLE_EQ(forecast.busy_seconds, 13);
  EXPECT_DOUBLE_EQ(forecast.efficiency, 13.0 / 14);
  EXPECT_EQ(forecast.messages, 8U);
}

TEST(Simulate, OneRankTakesTheSum) {
  const auto stage = load({1, 2, 3});
  EXPECT_DOUBLE_EQ(simulate({{{&stage}}}, 1, free_of_cost).wall_seconds, 6);
}

TEST(Simulate, AStageWaitsForTheOneBefore) {
  const auto first = load({1, 4});
  const auto second = load({2, 2});
  EXPECT_DOUBLE_EQ(simulate({{{&first, &second}}}, 2, free_of_cost).wall_seconds, 6);
}

TEST(Simulate, ExperimentsFillEachOthersGaps) {
  const auto first = load({1, 4});
  const auto second = load({2, 2});
  const auto other = load({3});
  // Experiments take turns. Rank one: 1 (first), 4 (first); rank two: 3 (other), idle; then 2 and 2 (second):
  // 7, not 9.
  EXPECT_DOUBLE_EQ(simulate({{{&first, &second}}, {{&other}}}, 2, free_of_cost).wall_seconds, 7);
}

TEST(Simulate, MoreRanksThanTasksIdle) {
  const auto stage = load({2, 2});
  const auto forecast = simulate({{{&stage}}}, 8, free_of_cost);
  EXPECT_DOUBLE_EQ(forecast.wall_seconds, 2);
  EXPECT_DOUBLE_EQ(forecast.efficiency, 0.25);
}

TEST(Simulate, AGroupSharesItsTaskOnceEnoughRanksAreIdle) {
  auto stage = load({8, 8});
  stage.ranks = 4;
  EXPECT_DOUBLE_EQ(simulate({{{&stage}}}, 4, free_of_cost).wall_seconds, 4);
  EXPECT_DOUBLE_EQ(simulate({{{&stage}}}, 8, free_of_cost).wall_seconds, 2);
  EXPECT_DOUBLE_EQ(simulate({{{&stage}}}, 2, free_of_cost).wall_seconds, 8) << "as many as there are";
  EXPECT_DOUBLE_EQ(simulate({{{&stage}}}, 1, free_of_cost).wall_seconds, 16);
}

TEST(Simulate, TheCoordinatorIsTheLimitOfVeryShortTasks) {
  StageLoad stage;
  for (int i = 0; i < 100'000; ++i) stage.add(1e-9);
  const auto forecast = simulate({{{&stage}}}, 64, {0, 1e-5});
  EXPECT_NEAR(forecast.wall_seconds, 1, 0.01);
  EXPECT_NEAR(forecast.coordinator_share, 1, 0.01);
}

TEST(StageLoad, KeepsASampleOfManyTasks) {
  StageLoad stage;
  for (int i = 0; i < 5'000'000; ++i) stage.add(i);
  EXPECT_EQ(stage.tasks, 5'000'000U);
  EXPECT_LE(stage.seconds.size(), std::size_t{1} << 20U);
  EXPECT_EQ(stage.stride, 8U);
  for (const std::size_t i :
       {std::size_t{0}, std::size_t{8}, std::size_t{4'000'000}, std::size_t{4'999'992}}) {
    EXPECT_EQ(stage.at(i), static_cast<double>(i));
  }
  EXPECT_DOUBLE_EQ(stage.total_seconds, 4'999'999.0 * 5'000'000 / 2);
}

TEST(StageLoad, WithoutTasksTakesNoTime) {
  EXPECT_EQ(StageLoad().at(3), 0);
}

}  // namespace
}  // namespace reprise
