#include "pipeline/run/progress.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

namespace reprise {
namespace {

TEST(Progress, CountsAreGroupedByThousands) {
  EXPECT_EQ(show_count(0), "0");
  EXPECT_EQ(show_count(999), "999");
  EXPECT_EQ(show_count(1000), "1,000");
  EXPECT_EQ(show_count(1204567), "1,204,567");
  EXPECT_EQ(show_count(123456789), "123,456,789");
}

TEST(Progress, DurationsHaveTheirNaturalUnits) {
  EXPECT_EQ(show_duration(0.04), "0.0 s");
  EXPECT_EQ(show_duration(8), "8.0 s");
  EXPECT_EQ(show_duration(42.4), "42 s");
  EXPECT_EQ(show_duration(200), "3 min 20 s");
  EXPECT_EQ(show_duration(7500), "2 h 5 min");
  EXPECT_EQ(show_duration(200'000), "2 d 7 h");
}

TEST(Progress, ALineSaysWhatIsKnown) {
  EXPECT_EQ(progress_line({"regimes", "estimate", 3000, 1204, 4, 2, 1, 0, 213.4, 8}),
            "regimes: estimate 1,204/3,000 (4 reused)  213/s  ETA 8.0 s  2 failed  1 set aside");
  EXPECT_EQ(progress_line({"a", "b", 10, 1, 0, 0, 0, 0, 0.25, 36, "epoch 2 of 9"}),
            "a: b 1/10  0.25/s  ETA 36 s  (epoch 2 of 9)");
  EXPECT_EQ(progress_line({"a", "b", 10, 10, 0, 0, 0, 0, 5, 0}), "a: b 10/10");
  EXPECT_EQ(progress_line({"a", "b", 10, 1, 0, 0, 0, 0, 0, -1}), "a: b 1/10");
  EXPECT_EQ(progress_line({"a", "b", 10, 1, 0, 0, 0, 0, 0.25, 36}), "a: b 1/10  0.25/s  ETA 36 s");
}

TEST(Progress, MapsOfOneStageAreAddedUp) {
  Mapping first;
  first.experiment = "e";
  first.stage = "s";
  first.size = 10;
  first.done = 4;
  first.failed = 1;
  auto second = first;
  auto other = first;
  other.stage = "t";
  ProgressMeter meter;
  const auto stages = meter.measure({first, other, second});
  ASSERT_EQ(stages.size(), 2U);
  EXPECT_EQ(stages[0].size, 20U);
  EXPECT_EQ(stages[0].done, 8U);
  EXPECT_EQ(stages[0].failed, 2U);
  EXPECT_FALSE(stages[0].finished());
  EXPECT_EQ(stages[0].rate, 0);
  EXPECT_LT(stages[0].eta, 0);
}

TEST(Progress, TheRateIsOfTheRecentPastAndReusedResultsDontCount) {
  Mapping mapping;
  mapping.size = 1000;
  mapping.done = 100;
  mapping.reused = 100;
  ProgressMeter meter;
  meter.measure({mapping});
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  mapping.done = 500;
  mapping.reused = 490;
  const auto stage = meter.measure({mapping}).at(0);
  EXPECT_GT(stage.rate, 10 / 5.0);
  EXPECT_LE(stage.rate, 10 / 0.05);
  EXPECT_NEAR(stage.eta, 500 / stage.rate, 1e-6);
}

TEST(Progress, StagesSurviveTheirFile) {
  const std::vector<StageProgress> stages{{"e", "s", 10, 4, 1, 2, 1, 0.5, 3.5, 7},
                                          {"e", "t", 1, 0, 0, 0, 0, 0, 0, -1}};
  const auto back = stages_from(nlohmann::ordered_json::parse(to_json(stages).dump()));
  ASSERT_EQ(back.size(), 2U);
  EXPECT_EQ(progress_line(back[0]), progress_line(stages[0]));
  EXPECT_EQ(back[1].eta, -1);
}

TEST(ProgressDisplay, ALogGetsALineNowAndThenAndATerminalIsRedrawn) {
  const std::vector<StageProgress> stages{{"e", "s", 10, 4, 0, 0, 0, 0, 0, -1}};
  testing::internal::CaptureStderr();
  ProgressDisplay log(ProgressDisplay::Mode::log);
  for (int i = 0; i < 10; ++i) log.show(stages);
  log.say("a word");
  log.finish(stages);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "e: s 4/10\na word\ne: s 4/10\n");
  testing::internal::CaptureStderr();
  ProgressDisplay terminal(ProgressDisplay::Mode::terminal, 40);
  terminal.show(stages);
  terminal.show(stages);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "e: s 4/10\n\033[1A\033[2Ke: s 4/10\n");
  testing::internal::CaptureStderr();
  ProgressDisplay none(ProgressDisplay::Mode::none);
  none.show(stages);
  none.say("a word");
  none.finish(stages);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace reprise
