#include "pipeline/run/start_watch.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>

#include "pipeline/base/errors.hpp"

namespace reprise {
namespace {

class StartWatchTest : public testing::Test {
 protected:
  StartWatchTest() { ::setenv(start_variable, watch_->address().c_str(), 1); }
  ~StartWatchTest() override {
    ::unsetenv(start_variable);
    ::unsetenv("OMPI_COMM_WORLD_RANK");
    for (const pid_t child : children_) ::kill(child, SIGKILL);
    for (const pid_t child : children_) ::waitpid(child, nullptr, 0);
  }

  /// A rank that starts; returns once it is connected, or once its start is over.
  pid_t start(int rank, bool done = false) {
    std::array<int, 2> pipe{};
    if (::pipe(pipe.data()) != 0) throw Error("no pipe");
    const pid_t child = ::fork();
    if (child == 0) {
      ::setenv("OMPI_COMM_WORLD_RANK", std::to_string(rank).c_str(), 1);
      StartLink link;
      if (done) link.done();
      ::close(pipe[0]);
      ::close(pipe[1]);
      for (;;) ::pause();
    }
    ::close(pipe[1]);
    char nothing = 0;
    while (::read(pipe[0], &nothing, 1) > 0) {
    }
    ::close(pipe[0]);
    children_.push_back(child);
    return child;
  }

  /// The rank that is lost within a time that is long enough for those that are.
  std::optional<int> lost(int rounds = 500) {
    for (; rounds > 0; --rounds) {
      if (const auto rank = watch_->lost()) return rank;
      ::usleep(10'000);
    }
    return std::nullopt;
  }

  std::optional<StartWatch> watch_{std::in_place};
  std::vector<pid_t> children_;
};

TEST_F(StartWatchTest, ARankThatDiesWhileItStartsIsLost) {
  start(1);
  const auto second = start(2);
  EXPECT_FALSE(lost(5));
  ::kill(second, SIGKILL);
  EXPECT_EQ(lost(), 2);
}

TEST_F(StartWatchTest, ARankWhoseStartIsOverMayDie) {
  const auto looked_at = start(1, true);
  ::kill(looked_at, SIGKILL);
  EXPECT_FALSE(lost(10));
  const auto later = start(2);
  EXPECT_FALSE(lost(5));
  ::kill(later, SIGKILL);
  EXPECT_EQ(lost(), 2);
}

TEST_F(StartWatchTest, StartingRanksLeaveWhenTheLauncherGivesUp) {
  const auto starting = start(1), started = start(2, true);
  EXPECT_FALSE(lost(5));
  watch_->give_up();
  int status = 0;
  ASSERT_EQ(::waitpid(starting, &status, 0), starting);
  EXPECT_EQ(WEXITSTATUS(status), static_cast<int>(ExitCode::interrupted));
  ::usleep(50'000);
  EXPECT_EQ(::waitpid(started, &status, WNOHANG), 0);
  EXPECT_FALSE(lost(1));
  children_ = {started};
}

TEST_F(StartWatchTest, ALostRankIsNoMatterOnceTheCoordinatorsStartIsOver) {
  const auto hangs = start(1);
  start(0, true);  // before the watch has connections, which this process would inherit
  EXPECT_FALSE(lost(5));
  ::kill(hangs, SIGKILL);
  EXPECT_FALSE(lost(10));
}

TEST_F(StartWatchTest, ARankOfAnotherHostOrLauncherStartsUnwatched) {
  for (const std::string given : {"another-boot 1 2", "", "?"}) {
    ::setenv(start_variable, given.c_str(), 1);
    ::setenv("OMPI_COMM_WORLD_RANK", "1", 1);
    StartLink link;
    link.done();
  }
  EXPECT_FALSE(lost(1));
}

TEST(StartPatience, LastsFromOneArrivalToTheNext) {
  using std::chrono::seconds;
  auto now = StartPatience::Clock::now();
  StartPatience patience(seconds(10), now);
  for (std::size_t there = 0; there < 4; ++there) {
    EXPECT_FALSE(patience.over(there, now));
    EXPECT_FALSE(patience.over(there, now += seconds(9)));
  }
  EXPECT_TRUE(patience.over(3, now + seconds(2)));
}

TEST(StartPatience, IsReadFromTheEnvironment) {
  EXPECT_EQ(start_patience().count(), 300);
  ::setenv("REPRISE_START_SECONDS", "1800", 1);
  EXPECT_EQ(start_patience().count(), 1800);
  for (const char* wrong : {"0", "-1", "5 minutes", "1e3", "99999999999"}) {
    ::setenv("REPRISE_START_SECONDS", wrong, 1);
    EXPECT_THROW(start_patience(), UsageError) << wrong;
  }
  ::unsetenv("REPRISE_START_SECONDS");
}

}  // namespace
}  // namespace reprise
