#include "pipeline/run/stop_signal.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <cstdlib>
#include <functional>

namespace reprise {
namespace {

/// Exit code of a child that catches stop signals and then does `what`.
int in_child(const char* warning_seconds, const std::function<int()>& what) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::unsetenv("REPRISE_WARNING_SECONDS");
    if (warning_seconds != nullptr) ::setenv("REPRISE_WARNING_SECONDS", warning_seconds, 1);
    catch_stop_signals();
    ::_exit(what());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

TEST(StopSignal, NoneAsksNothing) {
  EXPECT_EQ(
      in_child("100",
               [] { return stop_announced() || stop_requested() != 0 || !std::isinf(seconds_until_stop()); }),
      0);
}

TEST(StopSignal, AnyAsksToStopAtOnce) {
  for (const int signal : {SIGINT, SIGTERM, SIGUSR2}) {
    EXPECT_EQ(in_child("100",
                       [signal] {
                         ::raise(signal);
                         return stop_announced() ? stop_requested() : 0;
                       }),
              signal);
  }
}

TEST(StopSignal, AWarningLeavesTimeToFinish) {
  EXPECT_EQ(in_child("100",
                     [] {
                       ::raise(SIGUSR1);
                       const double left = seconds_until_stop();
                       return stop_announced() && stop_requested() == 0 && left > 60 && left <= 70 ? 0 : 1;
                     }),
            0);
}

TEST(StopSignal, WithoutAWordOfHowLongAWarningIsAStop) {
  EXPECT_EQ(in_child(nullptr,
                     [] {
                       ::raise(SIGUSR1);
                       return stop_requested();
                     }),
            SIGUSR1);
}

TEST(StopSignal, WhenTheTimeIsUpAWarningIsAStop) {
  EXPECT_EQ(in_child("0.2",
                     [] {
                       ::raise(SIGUSR1);
                       if (stop_requested() != 0) return 1;
                       ::usleep(150'000);
                       return stop_requested() == SIGUSR1 ? 0 : 2;
                     }),
            0);
}

TEST(StopSignal, AStopAfterAWarningEndsTheWaiting) {
  EXPECT_EQ(in_child("100",
                     [] {
                       ::raise(SIGUSR1);
                       ::raise(SIGTERM);
                       return stop_requested();
                     }),
            SIGTERM);
}

TEST(StopSignal, HalfTheTimeAndAtMostThirtySecondsAreKeptForStopping) {
  EXPECT_EQ(seconds_to_stop_in(20), 10);
  EXPECT_EQ(seconds_to_stop_in(600), 30);
}

}  // namespace
}  // namespace reprise
