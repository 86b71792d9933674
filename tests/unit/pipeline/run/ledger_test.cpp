#include "pipeline/run/ledger.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <future>
#include <set>

#include "tests/unit/pipeline/run/tiny_paper.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace reprise {
namespace {

using namespace samples;  // NOLINT

class LedgerTest : public testing::Test {
 protected:
  std::unique_ptr<Mapping> mapping(std::uint64_t first, std::size_t size) const {
    auto made = std::make_unique<Mapping>();
    made->kind = &tiny_kind();
    made->context = key_context(made->kind->identity, 1, "generic");
    made->size = size;
    made->input = [first](std::size_t i) { return tiny_input(first + i); };
    return made;
  }
  Key key(std::uint64_t i) const {
    return task_key(key_context(tiny_kind().identity, 1, "generic"), tiny_input(i));
  }
  static std::uint64_t number(const Assignment& task) { return decode<TinyInput>(task.input).i; }
  static Bytes output(std::uint64_t i) { return encode(TinyOutput{0.5 * static_cast<double>(i), ""}); }
  std::vector<std::uint64_t> take(Ledger& ledger, int worker, std::size_t count) const {
    std::vector<std::uint64_t> numbers;
    for (const auto& task : ledger.take(worker, count, false)) numbers.push_back(number(task));
    return numbers;
  }

  TemporaryFolder folder_;
  Store store_{folder_.path(), local_file_system()};
};

TEST_F(LedgerTest, GivesTasksOutInOrderAndCountsThem) {
  Ledger ledger(store_, {});
  const auto asked = mapping(0, 5);
  ledger.begin(*asked);
  ledger.request(*asked, {});
  EXPECT_EQ(ledger.waiting(), 5U);
  EXPECT_EQ(ledger.next_kind(false), &tiny_kind());
  EXPECT_EQ(ledger.next_kind(true), nullptr);
  EXPECT_THAT(take(ledger, 1, 3), testing::ElementsAre(0, 1, 2));
  EXPECT_EQ(ledger.under_way(), 3U);
  EXPECT_THAT(take(ledger, 1, 9), testing::ElementsAre(3, 4));
  EXPECT_TRUE(take(ledger, 1, 9).empty());
  EXPECT_EQ(ledger.next_kind(false), nullptr);
  for (std::uint64_t i = 0; i < 5; ++i) {
    const auto row = ledger.complete(key(i), output(i), false, 0.5);
    ASSERT_TRUE(row);
    EXPECT_EQ(row->input, tiny_input(i));
    EXPECT_EQ(decode<TinyOutput>(row->output).value, 0.5 * static_cast<double>(i));
    EXPECT_EQ(ledger.output(key(i)), output(i));
  }
  ledger.wait(*asked);
  EXPECT_EQ(asked->done, 5U);
  EXPECT_EQ(ledger.executed(), 5U);
  ledger.end(*asked);
  EXPECT_EQ(ledger.snapshot().at(0).done, 5U);
}

TEST_F(LedgerTest, AnOrderIsKept) {
  Ledger ledger(store_, {});
  const auto asked = mapping(0, 4);
  ledger.begin(*asked);
  ledger.request(*asked, {2, 0, 3, 1});
  EXPECT_THAT(take(ledger, 1, 9), testing::ElementsAre(2, 0, 3, 1));
}

TEST_F(LedgerTest, ATaskThatTwoAskForRunsOnce) {
  Ledger ledger(store_, {});
  const auto one = mapping(0, 4);
  const auto other = mapping(2, 4);
  for (const auto* each : {&one, &other}) {
    ledger.begin(**each);
    ledger.request(**each, {});
  }
  EXPECT_EQ(ledger.waiting(), 6U);
  std::multiset<std::uint64_t> taken;
  for (auto part = take(ledger, 1, 2); !part.empty(); part = take(ledger, 1, 2))
    taken.insert(part.begin(), part.end());
  EXPECT_THAT(taken, testing::ElementsAre(0, 1, 2, 3, 4, 5));
  for (std::uint64_t i = 0; i < 6; ++i) ledger.complete(key(i), output(i), false, 0.5);
  EXPECT_EQ(one->done, 4U);
  EXPECT_EQ(other->done, 4U);
}

TEST_F(LedgerTest, AnInputThatStandsTwiceInAMapRunsOnceAndCountsTwice) {
  Ledger ledger(store_, {});
  auto asked = mapping(0, 6);
  asked->input = [](std::size_t i) { return tiny_input(i % 2); };
  ledger.begin(*asked);
  ledger.request(*asked, {});
  EXPECT_THAT(take(ledger, 1, 9), testing::ElementsAre(0, 1));
  ledger.complete(key(0), output(0), false, 0.5);
  ledger.complete(key(1), output(1), false, 0.5);
  EXPECT_EQ(asked->done, 6U);
  EXPECT_EQ(asked->open, 0U);
}

TEST_F(LedgerTest, MapsTakeTurns) {
  Ledger ledger(store_, {});
  const auto one = mapping(0, 4);
  const auto other = mapping(100, 4);
  for (const auto* each : {&one, &other}) {
    ledger.begin(**each);
    ledger.request(**each, {});
  }
  EXPECT_THAT(take(ledger, 1, 2), testing::ElementsAre(0, 1));
  EXPECT_THAT(take(ledger, 1, 2), testing::ElementsAre(100, 101));
  EXPECT_THAT(take(ledger, 1, 2), testing::ElementsAre(2, 3));
}

TEST_F(LedgerTest, WhatIsStoredIsNotRunAgain) {
  SegmentWriter rows({});
  for (std::uint64_t i = 0; i < 3; ++i) rows.add(tiny_kind().identity, key(i), tiny_input(i), output(i), {});
  store_.scan_and_tidy();
  SegmentHeader header;
  store_.publish(rows, header);
  Ledger ledger(store_, {});
  const auto asked = mapping(0, 5);
  ledger.begin(*asked);
  ledger.request(*asked, {});
  EXPECT_EQ(asked->reused, 3U);
  EXPECT_THAT(take(ledger, 1, 9), testing::ElementsAre(3, 4));
  EXPECT_EQ(ledger.output(key(1)), output(1));
  EXPECT_EQ(ledger.output(key(4)), std::nullopt);
}

TEST_F(LedgerTest, ATaskThatThrowsIsTriedAgainAsOftenAsSaid) {
  Ledger ledger(store_, {.retries = 2});
  const auto asked = mapping(0, 1);
  ledger.begin(*asked);
  ledger.request(*asked, {});
  for (int attempt = 0; attempt < 3; ++attempt) {
    EXPECT_EQ(take(ledger, 1, 1).size(), 1U) << attempt;
    ledger.fail(key(0), "no luck", 0.5);
  }
  EXPECT_TRUE(take(ledger, 1, 1).empty());
  ledger.wait(*asked);
  EXPECT_EQ(asked->failed, 1U);
  const auto failures = ledger.failures();
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_EQ(failures[0].message, "no luck");
  EXPECT_EQ(failures[0].attempts, 3);
  EXPECT_FALSE(failures[0].set_aside);
  EXPECT_THAT(failures[0].input, testing::HasSubstr("i = 0"));
  const auto again = mapping(0, 1);
  ledger.begin(*again);
  ledger.request(*again, {});
  EXPECT_EQ(again->failed, 1U);
}

TEST_F(LedgerTest, OnlyKindsThatAreAdmittedAreGivenOut) {
  Ledger ledger(store_, {});
  const auto asked = mapping(0, 2);
  ledger.begin(*asked);
  ledger.request(*asked, {});
  ledger.admit_only([](const TaskKind&) { return false; });
  EXPECT_EQ(ledger.next_kind(false), nullptr);
  EXPECT_TRUE(ledger.take(1, 2, false).empty());
  EXPECT_EQ(ledger.waiting(), 2U);
  ledger.admit_only([](const TaskKind&) { return true; });
  EXPECT_EQ(ledger.take(1, 2, false).size(), 2U);
}

TEST_F(LedgerTest, GroupsAreOfTheSizeThatEachInputWants) {
  auto kind = tiny_kind();
  kind.ranks = [](ByteView input) { return static_cast<int>(decode<TinyInput>(input).i); };
  Ledger ledger(store_, {});
  const auto asked = mapping(0, 5);  // 0 and 1 rank are one
  asked->kind = &kind;
  ledger.begin(*asked);
  ledger.request(*asked, {});
  EXPECT_THAT(take(ledger, 1, 9), testing::ElementsAre(0, 1));
  EXPECT_EQ(ledger.waiting(), 3U);
  for (int ranks = 2; ranks <= 4; ++ranks) {
    EXPECT_EQ(ledger.next_group(), ranks);
    const auto taken = ledger.take(1, 1, true);
    ASSERT_EQ(taken.size(), 1U);
    EXPECT_EQ(number(taken[0]), static_cast<std::uint64_t>(ranks));
  }
  EXPECT_EQ(ledger.next_group(), 0);
  ledger.give_back(key(3));
  EXPECT_EQ(ledger.next_group(), 3);
}

TEST_F(LedgerTest, WhatATaskTellsIsItsMappings) {
  Ledger ledger(store_, {});
  const auto asked = mapping(0, 2);
  ledger.begin(*asked);
  ledger.request(*asked, {});
  ledger.take(1, 2, false);
  ledger.tell(key(1), "half");
  ledger.tell(key(7), "unknown");
  EXPECT_EQ(ledger.snapshot().at(0).word, "half");
  ledger.complete(key(0), output(0), false, 0);
  ledger.complete(key(1), output(1), false, 0);
  ledger.end(*asked);
  EXPECT_EQ(ledger.snapshot().at(0).word, "");
}

TEST_F(LedgerTest, EndedMapsOfOneStageAreSummedUpWithTheirCost) {
  Ledger ledger(store_, {.retries = 0});
  for (std::uint64_t round = 0; round < 3; ++round) {
    const auto asked = mapping(2 * round, 2);
    ledger.begin(*asked);
    ledger.request(*asked, {});
    ledger.take(1, 2, false);
    ledger.complete(key(2 * round), output(2 * round), false, 0.5);
    ledger.fail(key(2 * round + 1), "no luck", 0.25);
    ledger.end(*asked);
  }
  const auto all = ledger.snapshot();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].size, 6U);
  EXPECT_EQ(all[0].done, 3U);
  EXPECT_EQ(all[0].failed, 3U);
  EXPECT_DOUBLE_EQ(all[0].core_seconds, 3 * 0.75);
}

TEST_F(LedgerTest, ATaskThatTookThreeProcessesDownIsSetAside) {
  Ledger ledger(store_, {});
  const auto asked = mapping(0, 2);
  ledger.begin(*asked);
  ledger.request(*asked, {});
  for (int crash = 1; crash <= 3; ++crash) {
    const auto tasks = ledger.take(crash, 1, false);
    ASSERT_EQ(tasks.size(), 1U);
    EXPECT_EQ(number(tasks[0]), 0U);  // given again at once
    EXPECT_EQ(tasks[0].isolate, crash > 1);
    ledger.blame(key(0), 1, "signal 11");
    ledger.lose_worker(crash);
  }
  EXPECT_EQ(asked->failed, 0U);
  EXPECT_EQ(asked->set_aside, 1U);
  EXPECT_TRUE(ledger.failures().at(0).set_aside);
  EXPECT_EQ(ledger.failures().at(0).message, "signal 11");
  EXPECT_THAT(take(ledger, 4, 9), testing::ElementsAre(1));
}

TEST_F(LedgerTest, WhatCrashedInEarlierProcessesIsIsolatedOrSetAsideFromTheStart) {
  Ledger ledger(store_, {});
  ledger.blame(key(0), 3, "signal 9");
  ledger.blame(key(1), 1, "signal 9");
  const auto asked = mapping(0, 3);
  ledger.begin(*asked);
  ledger.request(*asked, {});
  EXPECT_EQ(asked->set_aside, 1U);
  std::map<std::uint64_t, bool> isolated;
  for (const auto& task : ledger.take(1, 9, false)) isolated[number(task)] = task.isolate;
  EXPECT_THAT(isolated, testing::ElementsAre(testing::Pair(1, true), testing::Pair(2, false)));
}

TEST_F(LedgerTest, ALostWorkersTasksAreGivenToOthersAndItsLateWordIsIgnored) {
  Ledger ledger(store_, {});
  const auto asked = mapping(0, 4);
  ledger.begin(*asked);
  ledger.request(*asked, {});
  take(ledger, 1, 2);
  take(ledger, 2, 2);
  ledger.lose_worker(1);
  EXPECT_EQ(ledger.waiting(), 2U);
  EXPECT_FALSE(ledger.complete(key(0), output(0), false, 0.5));  // not given out at the moment
  const auto again = take(ledger, 2, 9);
  EXPECT_EQ(std::set<std::uint64_t>(again.begin(), again.end()), (std::set<std::uint64_t>{0, 1}));
  for (std::uint64_t i = 0; i < 4; ++i) EXPECT_TRUE(ledger.complete(key(i), output(i), false, 0.5));
  EXPECT_FALSE(ledger.complete(key(0), output(0), false, 0.5));  // done already
  EXPECT_EQ(asked->done, 4U);
  EXPECT_EQ(ledger.executed(), 4U);
}

TEST_F(LedgerTest, WhatIsGivenBackComesNext) {
  Ledger ledger(store_, {});
  const auto asked = mapping(0, 4);
  ledger.begin(*asked);
  ledger.request(*asked, {});
  take(ledger, 1, 2);
  ledger.give_back(key(1));
  ledger.give_back(key(3));  // waits anyway
  EXPECT_THAT(take(ledger, 1, 9), testing::ElementsAre(1, 2, 3));
  EXPECT_TRUE(ledger.failures().empty());
}

TEST_F(LedgerTest, ADriverWaitsUntilAllIsThere) {
  Ledger ledger(store_, {});
  const auto asked = mapping(0, 100);
  ledger.begin(*asked);
  auto driver = std::async(std::launch::async, [&] {
    ledger.request(*asked, {});
    ledger.wait(*asked);
    return asked->done;
  });
  std::size_t finished = 0;
  while (finished < 100) {
    for (const auto i : take(ledger, 1, 7)) {
      ledger.complete(key(i), output(i), false, 0.5);
      ++finished;
    }
  }
  ASSERT_EQ(driver.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  EXPECT_EQ(driver.get(), 100U);
}

TEST_F(LedgerTest, ADriverIsHeldBackWhileManyTasksWait) {
  Ledger ledger(store_, {.waiting_tasks = 200});
  const auto asked = mapping(0, 5000);
  ledger.begin(*asked);
  auto driver = std::async(std::launch::async, [&] {
    ledger.request(*asked, {});
    ledger.wait(*asked);
  });
  std::size_t finished = 0;
  while (finished < 5000) {
    EXPECT_LE(ledger.waiting(), 200U + 128U);
    for (const auto i : take(ledger, 1, 50)) {
      ledger.complete(key(i), output(i), false, 0.5);
      ++finished;
    }
  }
  ASSERT_EQ(driver.wait_for(std::chrono::seconds(20)), std::future_status::ready);
}

TEST_F(LedgerTest, StoppingWakesDriversAndGivesNothingMoreOut) {
  Ledger ledger(store_, {.waiting_tasks = 10});
  const auto waiting = mapping(0, 3);
  const auto held_back = mapping(100, 5000);
  auto one = std::async(std::launch::async, [&] {
    ledger.begin(*waiting);
    ledger.request(*waiting, {});
    EXPECT_THROW(ledger.wait(*waiting), Interrupted);
    ledger.end(*waiting);
  });
  auto other = std::async(std::launch::async, [&] {
    ledger.begin(*held_back);
    EXPECT_THROW(ledger.request(*held_back, {}), Interrupted);
    ledger.end(*held_back);
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  ledger.stop();
  ASSERT_EQ(one.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  ASSERT_EQ(other.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  EXPECT_TRUE(take(ledger, 1, 9).empty());
  EXPECT_EQ(ledger.waiting(), 0U);
}

TEST_F(LedgerTest, WhatAWorkerFinishesAfterItsDriverStoppedIsKept) {
  Ledger ledger(store_, {});
  const auto asked = mapping(0, 4);
  ledger.begin(*asked);
  ledger.request(*asked, {});
  take(ledger, 1, 3);
  ledger.stop();
  ledger.end(*asked);
  EXPECT_TRUE(ledger.complete(key(0), output(0), false, 0.5));
  ledger.give_back(key(1));
  EXPECT_FALSE(ledger.complete(key(1), output(1), false, 0.5));
  ledger.fail(key(2), "threw", 0.5);
  EXPECT_FALSE(ledger.complete(key(2), output(2), false, 0.5));
  EXPECT_FALSE(ledger.complete(key(3), output(3), false, 0.5));
  EXPECT_EQ(ledger.executed(), 1U);
}

TEST_F(LedgerTest, ATaskWhoseFirstAskerEndedIsStillRunForTheOther) {
  for (const bool taken_before : {false, true}) {
    Ledger ledger(store_, {});
    const auto first = mapping(0, 2);
    const auto second = mapping(1, 2);
    for (const auto* each : {&first, &second}) {
      ledger.begin(**each);
      ledger.request(**each, {});
    }
    if (taken_before) take(ledger, 1, 2);  // both of the first
    ledger.end(*first);
    std::set<std::uint64_t> taken;
    for (auto part = take(ledger, 1, 9); !part.empty(); part = take(ledger, 1, 9))
      taken.insert(part.begin(), part.end());
    EXPECT_EQ(taken.contains(1), !taken_before);
    EXPECT_FALSE(taken.contains(0));
    EXPECT_EQ(ledger.waiting(), 0U);
    ledger.complete(key(1), output(1), false, 0.5);
    ledger.complete(key(2), output(2), false, 0.5);
    EXPECT_EQ(second->done, 2U);
    ledger.wait(*second);
    ledger.end(*second);
  }
}

TEST_F(LedgerTest, ATaskInHandWhoseAskerEndedServesTheNextAsker) {
  Ledger ledger(store_, {});
  const auto first = mapping(0, 1);
  ledger.begin(*first);
  ledger.request(*first, {});
  take(ledger, 1, 1);
  ledger.end(*first);
  const auto second = mapping(0, 1);
  ledger.begin(*second);
  ledger.request(*second, {});
  ledger.lose_worker(1);
  EXPECT_THAT(take(ledger, 2, 1), testing::ElementsAre(0));
  ledger.complete(key(0), output(0), false, 0.5);
  EXPECT_EQ(second->done, 1U);
  ledger.wait(*second);
}

TEST_F(LedgerTest, OutputsStayInMemoryUntilTheyArePublished) {
  Ledger ledger(store_, {.cached_bytes = 0});
  const auto asked = mapping(0, 3);
  ledger.begin(*asked);
  ledger.request(*asked, {});
  take(ledger, 1, 9);
  for (std::uint64_t i = 0; i < 3; ++i) ledger.complete(key(i), output(i), false, 0.5);
  EXPECT_TRUE(ledger.output(key(0)));
  ledger.mark_published(2);
  EXPECT_FALSE(ledger.output(key(0)));
  EXPECT_FALSE(ledger.output(key(1)));
  EXPECT_TRUE(ledger.output(key(2)));
}

TEST_F(LedgerTest, PlanningCountsWhatIsAbsentAndWaitsForNothing) {
  Ledger ledger(store_, {});
  std::vector<std::size_t> absent;
  ledger.plan_only([&](const Mapping&, std::size_t index, const Key&, ByteView) { absent.push_back(index); });
  const auto asked = mapping(0, 3);
  ledger.begin(*asked);
  ledger.request(*asked, {});
  ledger.wait(*asked);
  EXPECT_EQ(asked->absent, 3U);
  EXPECT_THAT(absent, testing::ElementsAre(0, 1, 2));
  EXPECT_EQ(ledger.next_kind(false), nullptr);
}

// A million tasks over a lazily made sequence, taken and finished as fast as they come, published in batches:
// what the ledger holds stays bounded. Measured in its own count and in the process's memory.
TEST_F(LedgerTest, AMillionTasksHoldABoundedAmountOfMemory) {
  const auto resident = [] {
    std::ifstream in("/proc/self/statm");
    std::size_t pages = 0;
    in >> pages >> pages;
    return pages * 4096;
  };
  constexpr std::size_t size = 1'000'000;
  Ledger ledger(store_, {.waiting_tasks = 10'000, .cached_bytes = 1 << 20});
  const auto asked = mapping(0, size);
  [[maybe_unused]] const auto before = resident();
  ledger.begin(*asked);
  auto driver = std::async(std::launch::async, [&] { ledger.request(*asked, {}); });
  std::size_t most_counted = 0;
  std::size_t most_resident = 0;
  std::size_t unpublished = 0;
  for (std::size_t finished = 0; finished < size;) {
    const auto tasks = ledger.take(1, 1000, false);
    for (const auto& task : tasks) {
      ledger.complete(task.key, Bytes(16), false, 0.5);
      ++finished;
      ++unpublished;
    }
    if (unpublished >= 10'000) {
      ledger.mark_published(std::exchange(unpublished, 0));
      most_counted = std::max(most_counted, ledger.memory_bytes());
      most_resident = std::max(most_resident, resident());
    }
  }
  driver.get();
  EXPECT_LT(most_counted, 8U << 20U);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they keep what was freed
  EXPECT_LT(most_resident - std::min(before, most_resident), 48U << 20U);
#endif
}

TEST(OutputCache, DropsTheOldestPublishedOutputsWhenThereAreTooMany) {
  OutputCache cache(1000);
  for (std::uint64_t i = 0; i < 10; ++i) cache.add({0, i}, Bytes(200, static_cast<std::byte>(i)));
  EXPECT_GT(cache.bytes(), 2000U);  // none is published: all stay
  for (std::uint64_t i = 0; i < 10; ++i) EXPECT_TRUE(cache.contains({0, i}));
  cache.mark_published(10);
  EXPECT_LE(cache.bytes(), 1000U);
  EXPECT_FALSE(cache.contains({0, 0}));
  ASSERT_TRUE(cache.contains({0, 9}));
  EXPECT_EQ(*cache.find({0, 9}), Bytes(200, std::byte{9}));
  EXPECT_EQ(cache.find({0, 0}), nullptr);
}

}  // namespace
}  // namespace reprise
