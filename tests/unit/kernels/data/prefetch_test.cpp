#include "kernels/data/prefetch.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace reprise {
namespace {

TEST(Prefetch, HandsOverAllInOrder) {
  for (const std::size_t ahead : {1U, 3U, 100U}) {
    Prefetch<std::int64_t> batches(
        50, [](std::int64_t index) { return index * index; }, ahead);
    for (std::int64_t index = 0; index < 50; ++index) ASSERT_EQ(batches.next(), index * index);
    EXPECT_EQ(batches.next(), std::nullopt);
    EXPECT_EQ(batches.next(), std::nullopt);
  }
  Prefetch<int> none(0, [](std::int64_t) { return 1; });
  EXPECT_EQ(none.next(), std::nullopt);
}

TEST(Prefetch, CarriesWhatCanOnlyBeMoved) {
  Prefetch<std::unique_ptr<std::string>> batches(
      3, [](std::int64_t index) { return std::make_unique<std::string>(std::to_string(index)); });
  EXPECT_EQ(**batches.next(), "0");
  EXPECT_EQ(**batches.next(), "1");
}

TEST(Prefetch, IsNeverMoreThanAskedForAhead) {
  std::atomic<int> alive{0};
  std::atomic<int> most{0};
  struct Counted {
    explicit Counted(std::atomic<int>& count) : alive(&count) {}
    ~Counted() { --*alive; }
    std::atomic<int>* alive;
  };
  Prefetch<std::unique_ptr<Counted>> batches(
      200,
      [&](std::int64_t) {
        const int now = ++alive;
        if (now > most) most = now;
        return std::make_unique<Counted>(alive);
      },
      3);
  while (auto batch = batches.next()) {
    if (most < 4) std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  // Three made, one in use. (The one being made waits for room first.)
  EXPECT_LE(most, 4);
}

TEST(Prefetch, ThrowsWhatMakeThrewAfterWhatCameBefore) {
  Prefetch<int> batches(10, [](std::int64_t index) -> int {
    if (index == 3) throw std::runtime_error("batch 3 is damaged");
    return static_cast<int>(index);
  });
  for (int index = 0; index < 3; ++index) ASSERT_EQ(batches.next(), index);
  for (int again = 0; again < 2; ++again) {
    try {
      (void)batches.next();
      FAIL() << "nothing was thrown";
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "batch 3 is damaged");
    }
  }
}

TEST(Prefetch, StopsEarly) {
  std::atomic<int> made{0};
  {
    Prefetch<int> batches(
        1'000'000'000, [&](std::int64_t) { return ++made; }, 2);
    (void)batches.next();
  }
  const int then = made;
  EXPECT_LE(then, 4);
  {
    Prefetch<int> unused(
        1'000'000'000, [&](std::int64_t) { return 0; }, 1'000'000'000);
  }
  EXPECT_EQ(made, then);
}

TEST(Prefetch, RefusesWhatMakesNoSense) {
  const auto make = [](std::int64_t) { return 0; };
  EXPECT_THROW(Prefetch<int>(-1, make), std::invalid_argument);
  EXPECT_THROW(Prefetch<int>(1, make, 0), std::invalid_argument);
}

}  // namespace
}  // namespace reprise
