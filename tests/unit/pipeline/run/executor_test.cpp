#include "pipeline/run/executor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/unit/pipeline/run/tiny_paper.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace reprise {
namespace {

using namespace samples;  // NOLINT

struct Count {
  std::uint64_t to = 0;
};
constexpr auto fields(const Count*) {
  return std::tuple{field("to", &Count::to, "how far")};
}
struct Counted {
  std::uint64_t at = 0;
  std::uint64_t starts = 0;
};
constexpr auto fields(const Counted*) {
  return std::tuple{field("at", &Counted::at, "how far"),
                    field("starts", &Counted::starts, "how often begun")};
}
Counted count(const Count& input, TaskContext& context) {
  auto state = context.restore<Counted>().value_or(Counted{});
  ++state.starts;
  while (state.at < input.to) {
    ++state.at;
    context.tell([&] { return std::to_string(state.at); });
    context.checkpoint(state);
  }
  return state;
}
const TaskKind& counting() {
  static const auto kind = erase_types(Task<Count, Counted>{"test.count", 1, count, ""});
  return kind;
}

class ExecutorTest : public testing::Test {
 protected:
  Outcome execute(const TaskKind& kind, Bytes input, bool isolate = false) {
    return executor_.execute({{1, 2}, &kind, std::move(input), isolate}, sole_);
  }
  Outcome execute(std::uint64_t i, bool isolate = false) {
    return execute(tiny_kind(), tiny_input(i), isolate);
  }

  TemporaryFolder folder_;
  Hand hand_{folder_.path(), 1, 0};
  bool stopping_ = false;
  int asked_until_stop_ = -1;
  pid_t own_process_ = ::getpid();
  std::filesystem::path asked_elsewhere_ = folder_.path() / "asked elsewhere";
  SoleGroup sole_;
  Executor executor_{1,
                     Checkpoints(folder_.path(), local_file_system(), {}),
                     0,
                     hand_,
                     [](const Key& key) {
                       return encode(TinyOutput{static_cast<double>(key.low), "fetched"});
                     },
                     [this] {
                       if (::getpid() != own_process_) std::ofstream(asked_elsewhere_) << "asked";
                       return stopping_ || (asked_until_stop_ >= 0 && asked_until_stop_-- == 0);
                     },
                     [this](const Key&, std::string word) { words_.push_back(std::move(word)); }};
  std::vector<std::string> words_;
};

TEST_F(ExecutorTest, ReturnsTheTasksOutputAndItsTimes) {
  for (const bool isolate : {false, true}) {
    const auto outcome = execute(tiny_kind(), tiny_input(3, 20), isolate);
    EXPECT_EQ(outcome.status, OutcomeStatus::done);
    EXPECT_EQ(decode<TinyOutput>(outcome.output), (TinyOutput{1.5, "half of 3"}));
    EXPECT_GE(outcome.wall_seconds, 0.02F);
    EXPECT_LT(outcome.cpu_seconds, 0.02F);
  }
}

TEST_F(ExecutorTest, ReportsWhatATaskThrew) {
  for (const bool isolate : {false, true}) {
    EXPECT_EQ(execute(throwing, isolate).status, OutcomeStatus::failed);
    EXPECT_EQ(execute(throwing, isolate).message, "this one throws");
    EXPECT_THAT(execute(throwing_an_int, isolate).message, testing::HasSubstr("not a std::exception"));
  }
  EXPECT_EQ(execute(tiny_kind(), Bytes(3)).status, OutcomeStatus::failed);
}

TEST_F(ExecutorTest, AnIsolatedTaskThatDiesIsReportedNotFatal) {
  const auto segfault = execute(segfaulting, true);
  EXPECT_EQ(segfault.status, OutcomeStatus::crashed);
#ifndef __SANITIZE_ADDRESS__
  EXPECT_THAT(segfault.message, testing::HasSubstr("signal 11"));
#endif
  EXPECT_THAT(execute(aborting, true).message, testing::HasSubstr("signal 6"));
  const auto left = execute(leaving, true);
  EXPECT_EQ(left.status, OutcomeStatus::crashed);
  EXPECT_THAT(left.message, testing::HasSubstr("exit code 3"));
  EXPECT_EQ(execute(4, true).status, OutcomeStatus::done);
}

TEST_F(ExecutorTest, NothingIsInHandAfterAnIsolatedTaskDied) {
  execute(leaving, true);
  EXPECT_FALSE(read_hand(folder_.path(), 1, 0)->key);
}

TEST_F(ExecutorTest, LargeOutputsComeOutOfAChild) {
  const auto outcome = execute(large_output, true);
  ASSERT_EQ(outcome.status, OutcomeStatus::done);
  EXPECT_EQ(decode<TinyOutput>(outcome.output).text.size(), 1'000'000U);
}

TEST_F(ExecutorTest, AnIsolatedTaskIsKilledWhenTheRunStops) {
  stopping_ = true;
  EXPECT_EQ(execute(tiny_kind(), tiny_input(1, 60'000), true).status, OutcomeStatus::interrupted);
}

TEST_F(ExecutorTest, TasksReadEarlierResults) {
  find_task_kind("tiny.sum");
  tiny_kind();
  const auto outcome = execute(*find_task_kind("tiny.sum"), encode(TinySum{{{0, 4}}, {{0, 5}}}));
  EXPECT_EQ(decode<TinyOutput>(outcome.output).value, 9);
}

TEST_F(ExecutorTest, AStoppedTaskGoesOnFromItsLastCheckpoint) {
  asked_until_stop_ = 10;
  EXPECT_EQ(execute(counting(), encode(Count{100})).status, OutcomeStatus::interrupted);
  asked_until_stop_ = -1;
  const auto outcome = execute(counting(), encode(Count{100}));
  ASSERT_EQ(outcome.status, OutcomeStatus::done);
  EXPECT_EQ(decode<Counted>(outcome.output).at, 100U);
  EXPECT_EQ(decode<Counted>(outcome.output).starts, 2U);
}

TEST_F(ExecutorTest, AnIsolatedTaskAsksNobodyWhetherToStop) {
  // A process of its own has no part in the run's messages: its parent hears of the stop.
  EXPECT_EQ(execute(counting(), encode(Count{20}), true).status, OutcomeStatus::done);
  EXPECT_FALSE(std::filesystem::exists(asked_elsewhere_));
}

TEST_F(ExecutorTest, WordsOfALongTaskArePassedOnNowAndThen) {
  execute(counting(), encode(Count{5}));
  EXPECT_TRUE(words_.empty()) << "it took no time";
  const Task<Count, Counted> slow{"test.slow", 1,
                                  [](const Count& input, TaskContext& context) {
                                    std::this_thread::sleep_for(std::chrono::milliseconds(2050));
                                    return count(input, context);
                                  },
                                  ""};
  execute(erase_types(slow), encode(Count{65}));
  ASSERT_FALSE(words_.empty());
  EXPECT_EQ(words_.front(), "6");
  EXPECT_LT(words_.size(), 30U) << "each step said something";
  words_.clear();
  execute(erase_types(slow), encode(Count{80}), true);
  EXPECT_TRUE(words_.empty()) << "from a process of its own";
}

TEST(NameSignal, GivesNumberAndName) {
  EXPECT_EQ(name_signal(11), "signal 11 (Segmentation fault)");
}

}  // namespace
}  // namespace reprise
