#include "pipeline/run/grant_policy.hpp"

#include <gtest/gtest.h>

namespace reprise {
namespace {

TEST(TaskTimes, KnowNothingAtFirstThenTheMeanThenTheRecentPast) {
  TaskTimes times;
  const TaskKind kind;
  EXPECT_LT(times.seconds(kind), 0);
  times.record(kind, 1);
  EXPECT_DOUBLE_EQ(times.seconds(kind), 1);
  times.record(kind, 3);
  EXPECT_DOUBLE_EQ(times.seconds(kind), 2);
  for (int i = 0; i < 1000; ++i) times.record(kind, 10);
  EXPECT_NEAR(times.seconds(kind), 10, 0.01);
  const TaskKind other;
  EXPECT_LT(times.seconds(other), 0);
}

TEST(GrantPolicy, OneTaskWhileNothingIsKnown) {
  EXPECT_EQ(GrantPolicy().grant_size(-1, 1'000'000, 1), 1U);
}

TEST(GrantPolicy, AQuarterOfASecondsWorth) {
  EXPECT_EQ(GrantPolicy().grant_size(0.01, 1'000'000, 4), 25U);
  EXPECT_EQ(GrantPolicy().grant_size(1, 1'000'000, 4), 1U);
  EXPECT_EQ(GrantPolicy().grant_size(0, 1'000'000'000, 4), GrantPolicy().most);
}

TEST(GrantPolicy, AFairShareAtMost) {
  EXPECT_EQ(GrantPolicy().grant_size(1e-6, 80, 4), 11U);
  EXPECT_EQ(GrantPolicy().grant_size(1e-6, 3, 4), 1U);
  EXPECT_EQ(GrantPolicy().grant_size(1e-6, 0, 0), 1U);
}

TEST(GrantPolicy, GrowsWithManyWorkers) {
  EXPECT_DOUBLE_EQ(GrantPolicy::for_workers(16).target_seconds, 0.25);
  EXPECT_DOUBLE_EQ(GrantPolicy::for_workers(10'000).target_seconds, 1);
}

TEST(GrantPolicy, ShortTasksAreGivenAheadLongOnesAreNot) {
  const GrantPolicy policy;
  EXPECT_TRUE(policy.wants_more(0, 100));
  EXPECT_TRUE(policy.wants_more(0, -1));
  EXPECT_FALSE(policy.wants_more(1, -1));
  EXPECT_FALSE(policy.wants_more(1, 0.3));
  EXPECT_TRUE(policy.wants_more(10, 0.01));
  EXPECT_FALSE(policy.wants_more(30, 0.01));
}

}  // namespace
}  // namespace reprise
