#include "pipeline/run/liveness.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>

#include "pipeline/base/errors.hpp"

namespace reprise {
namespace {

/// Polls the hub until `enough` or ten seconds are over; returns whom it lost.
template <class Enough>
std::vector<int> poll_until(LivenessHub& hub, Enough enough) {
  std::vector<int> lost;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!enough(lost) && std::chrono::steady_clock::now() < deadline) {
    pollfd readable{hub.descriptor(), POLLIN, 0};
    ::poll(&readable, 1, 20);
    hub.poll([&](int rank) { lost.push_back(rank); });
  }
  return lost;
}

TEST(Liveness, ADeadProcessIsNoticedOnce) {
  LivenessHub hub(true);
  std::vector<pid_t> children;
  for (int rank = 1; rank <= 3; ++rank) {
    children.push_back(::fork());
    if (children.back() == 0) {
      const LivenessLink link(hub.address(), rank, [] {});
      for (;;) ::pause();
    }
  }
  EXPECT_THAT(poll_until(hub, [&](const auto&) { return hub.connected() == 3; }), testing::IsEmpty());
  ASSERT_EQ(hub.connected(), 3U);
  ::kill(children[1], SIGKILL);
  EXPECT_THAT(poll_until(hub, [](const auto& lost) { return !lost.empty(); }), testing::ElementsAre(2));
  EXPECT_EQ(hub.connected(), 2U);
  EXPECT_THAT(hub.watched(), testing::ElementsAre(1, 3));
  hub.poll([](int rank) { ADD_FAILURE() << rank; });
  ::kill(children[0], SIGKILL);
  ::kill(children[2], SIGKILL);
  EXPECT_THAT(poll_until(hub, [](const auto& lost) { return lost.size() == 2; }),
              testing::UnorderedElementsAre(1, 3));
  for (const auto child : children) ::waitpid(child, nullptr, 0);
}

TEST(Liveness, ARankThatTakesItsLeaveIsNotLost) {
  LivenessHub hub(true);
  std::vector<int> left;
  for (const bool seen : {true, false}) {  // its greeting and its leave come one by one, or together
    LivenessLink link(hub.address(), seen ? 1 : 2, [] {});
    if (seen) poll_until(hub, [&](const auto&) { return hub.connected() == 1; });
    link.take_leave();
    const auto so_far = left.size();
    for (int i = 0; i < 500 && left.size() == so_far; ++i) {
      hub.poll([](int rank) { ADD_FAILURE() << rank; }, [&](int rank) { left.push_back(rank); });
      ::usleep(10'000);
    }
  }
  EXPECT_THAT(left, testing::ElementsAre(1, 2));
  EXPECT_EQ(hub.connected(), 0U);
}

TEST(Liveness, ANudgeWakesAndIsNoLoss) {
  LivenessHub hub(true);
  const auto nudged = [&] {
    pollfd readable{hub.descriptor(), POLLIN, 0};
    for (int i = 0; i < 500 && ::poll(&readable, 1, 20) >= 0; ++i) {
      if (hub.poll([](int rank) { ADD_FAILURE() << rank; }, [](int rank) { ADD_FAILURE() << rank; }))
        return true;
    }
    return false;
  };
  LivenessLink link(hub.address(), 1, [] {});
  link.nudge();  // with the greeting, perhaps
  EXPECT_TRUE(nudged());
  EXPECT_EQ(hub.connected(), 1U);
  link.nudge();
  EXPECT_TRUE(nudged());
  EXPECT_FALSE(hub.poll([](int) {}));
  link.nudge();
  link.take_leave();
  std::vector<int> left;
  for (int i = 0; i < 500 && left.empty(); ++i) {
    hub.poll([](int rank) { ADD_FAILURE() << rank; }, [&](int rank) { left.push_back(rank); });
    ::usleep(10'000);
  }
  EXPECT_THAT(left, testing::ElementsAre(1));
}

TEST(Liveness, AWorkerNoticesThatTheCoordinatorIsGone) {
  std::atomic<bool> gone{false};
  auto hub = std::make_unique<LivenessHub>(true);
  const LivenessLink link(hub->address(), 1, [&] { gone = true; });
  poll_until(*hub, [&](const auto&) { return hub->connected() == 1; });
  EXPECT_FALSE(gone);
  hub.reset();
  for (int i = 0; i < 500 && !gone; ++i) ::usleep(10'000);
  EXPECT_TRUE(gone);
}

TEST(Liveness, StrangersAreNotRanks) {
  LivenessHub hub(true);
  auto wrong = hub.address();
  wrong.token += 1;
  std::atomic<bool> refused{false};
  const LivenessLink stranger(wrong, 1, [&] { refused = true; });
  poll_until(hub, [&](const auto&) { return refused.load(); });
  EXPECT_TRUE(refused);
  EXPECT_EQ(hub.connected(), 0U);
  // One that connects, says half a greeting and leaves.
  const int half = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in there{};
  there.sin_family = AF_INET;
  there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  there.sin_port = htons(hub.address().port);
  ASSERT_EQ(::connect(half, reinterpret_cast<sockaddr*>(&there), sizeof(there)), 0);
  ASSERT_EQ(::send(half, "abc", 3, 0), 3);
  int rounds = 0;
  poll_until(hub, [&](const auto&) { return ++rounds > 3; });
  ::close(half);
  rounds = 0;
  EXPECT_TRUE(poll_until(hub, [&](const auto&) { return ++rounds > 3; }).empty());
}

TEST(Liveness, AnUnreachableCoordinatorIsAnErrorThatSaysSo) {
  LivenessHub::Address nowhere;
  {
    const LivenessHub hub(true);
    nowhere = hub.address();
  }
  try {
    const LivenessLink link(nowhere, 4, [] {});
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("rank 4 cannot reach the coordinator"));
  }
}

}  // namespace
}  // namespace reprise
