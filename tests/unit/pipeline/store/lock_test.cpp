#include "pipeline/store/lock.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "pipeline/base/errors.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace reprise {
namespace {

using samples::TemporaryFolder;
namespace fs = std::filesystem;

class LockedFolder : public testing::Test {
 protected:
  RunLock acquire(const Holder& self = this_process(), double stale = 60) const {
    return RunLock::acquire(folder_.path(), local_file_system(), self, stale);
  }
  /// A holder file whose last heartbeat was so long ago.
  void age(std::int64_t epoch, int seconds) const {
    fs::last_write_time(folder_.path() / "holders" / fmt::format("e{}.json", epoch),
                        fs::file_time_type::clock::now() - std::chrono::seconds(seconds));
  }
  TemporaryFolder folder_;
};

Holder on_another_host() {
  auto holder = this_process();
  holder.host = "another-host";
  holder.boot_id = "another-boot";
  return holder;
}

TEST_F(LockedFolder, HasOneHolder) {
  const auto lock = acquire();
  EXPECT_EQ(lock.epoch(), 1);
  try {
    acquire();
    ADD_FAILURE();
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr(fmt::format("pid {}", ::getpid())));
  }
}

TEST_F(LockedFolder, EveryHolderGetsAnEpochOfItsOwn) {
  for (int epoch = 1; epoch <= 12; ++epoch) {
    auto lock = acquire();
    EXPECT_EQ(lock.epoch(), epoch);
    lock.release(0);
  }
  EXPECT_EQ(latest_holder(folder_.path())->epoch, 12);
}

TEST_F(LockedFolder, NobodyHeldANewOne) {
  EXPECT_FALSE(latest_holder(folder_.path()));
}

TEST_F(LockedFolder, AReleasedHolderLeavesItsExitCode) {
  auto lock = acquire();
  lock.release(75);
  const auto holder = latest_holder(folder_.path());
  EXPECT_TRUE(holder->released);
  EXPECT_EQ(holder->exit_code, 75);
  EXPECT_EQ(holder->pid, ::getpid());
  EXPECT_FALSE(holder->alive(60));
}

TEST_F(LockedFolder, ADeadProcessOfThisHostIsTakenOverAtOnce) {
  const pid_t child = ::fork();
  if (child == 0) {
    acquire();
    ::_exit(0);  // without releasing
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_EQ(latest_holder(folder_.path())->pid, child);
  EXPECT_EQ(acquire().epoch(), 2);
}

TEST_F(LockedFolder, AnotherProcessWithTheNumberOfADeadOneIsNotTheHolder) {
  auto earlier = this_process();
  earlier.pid_started -= 1;
  acquire(earlier);
  EXPECT_EQ(acquire().epoch(), 2);
}

TEST_F(LockedFolder, AHostThatRebootedHoldsNothing) {
  auto before = this_process();
  before.boot_id = "an-earlier-boot";
  acquire(before);
  EXPECT_EQ(acquire().epoch(), 2);
}

TEST_F(LockedFolder, AnotherHostHoldsItUntilItsHeartbeatIsStale) {
  acquire(on_another_host());
  EXPECT_THROW(acquire(), UsageError);
  age(1, 50);
  EXPECT_THROW(acquire(), UsageError);
  age(1, 70);
  EXPECT_EQ(acquire().epoch(), 2);
}

TEST_F(LockedFolder, ASilentHolderOnAnotherHostIsWaitedOutABeatingOneIsNot) {
  auto lock = acquire(on_another_host());
  age(1, 9);
  testing::internal::CaptureStderr();
  wait_out_silent_holder(folder_.path(), 10);
  EXPECT_FALSE(latest_holder(folder_.path())->alive(10));
  std::jthread beating([&](const std::stop_token& stop) {
    for (; !stop.stop_requested(); std::this_thread::sleep_for(std::chrono::milliseconds(200)))
      lock.heartbeat();
  });
  wait_out_silent_holder(folder_.path(), 3600);  // returns
  EXPECT_NE(testing::internal::GetCapturedStderr().find("waiting for the run's last holder"),
            std::string::npos);
}

TEST_F(LockedFolder, ASlurmJobThatWasStartedAgainTakesItOverFromItsEarlierStart) {
  auto self = this_process();
  self.job_id = "7";
  auto first = acquire(self);
  EXPECT_THROW(acquire(self), UsageError);  // the same start
  self.job_restarts = 1;
  EXPECT_EQ(acquire(self).epoch(), 2);
  EXPECT_THROW(first.heartbeat(), Error);
  self.job_id = "8";
  self.job_restarts = 2;
  EXPECT_THROW(acquire(self), UsageError);  // another job
}

TEST_F(LockedFolder, AHeartbeatKeepsIt) {
  auto lock = acquire(on_another_host());
  age(1, 70);
  lock.heartbeat();
  EXPECT_LT(latest_holder(folder_.path())->heartbeat_age, 10);
  EXPECT_THROW(acquire(), UsageError);
}

TEST_F(LockedFolder, AHolderThatWasTakenOverNotices) {
  auto slow = acquire(on_another_host());
  age(1, 70);
  auto quick = acquire();
  EXPECT_THROW(slow.heartbeat(), Error);
  EXPECT_NO_THROW(quick.heartbeat());
  EXPECT_EQ(latest_holder(folder_.path())->host, this_process().host);
}

TEST_F(LockedFolder, AHolderWhoseFolderIsGoneNotices) {
  auto lock = acquire();
  fs::remove_all(folder_.path());
  EXPECT_THROW(lock.heartbeat(), Error);
}

TEST_F(LockedFolder, ATornHolderCountsAsAliveUntilItIsStale) {
  for (const auto* torn : {"", "{\"epoch\": 1, \"host\"", "[]", "{\"host\": 3}"}) {
    fs::create_directories(folder_.path() / "holders");
    local_file_system().write(folder_.path() / "holders" / "e1.json", bytes_of(torn));
    EXPECT_THROW(acquire(), UsageError) << torn;
    age(1, 100);
    EXPECT_EQ(acquire().epoch(), 2) << torn;
    fs::remove(folder_.path() / "holders" / "e2.json");
  }
}

TEST_F(LockedFolder, StrangeFilesBesideHoldersAreLeftAlone) {
  fs::create_directories(folder_.path() / "holders");
  for (const auto* name : {"x.json", "e.json", "e1.json.123.tmp", "exyz.json", "notes"}) {
    local_file_system().write(folder_.path() / "holders" / name, bytes_of("?"));
  }
  EXPECT_EQ(acquire().epoch(), 1);
}

// 50 rounds: four processes reach for a folder whose holder is dead; one gets it, the others are told that it
// is held.
TEST_F(LockedFolder, OfManyStartersOneWinsEachEpoch) {
  for (int round = 1; round <= 50; ++round) {
    std::array<int, 2> start{};
    std::array<int, 2> end{};
    ASSERT_EQ(::pipe(start.data()) + ::pipe(end.data()), 0);
    std::vector<pid_t> children;
    for (int i = 0; i < 4; ++i) {
      children.push_back(::fork());
      if (children.back() != 0) continue;
      ::close(start[1]);
      ::close(end[1]);
      char byte = 0;
      int code = 9;
      if (::read(start[0], &byte, 1) == 0) {  // all at once
        try {
          code = acquire().epoch() == round ? 1 : 8;
        } catch (const UsageError&) {
          code = 2;
        } catch (...) {
        }
      }
      // The winner lives until all have tried.
      pollfd ended{end[0], POLLIN, 0};
      if (code == 1) ::poll(&ended, 1, 5000);
      ::_exit(code);
    }
    ::close(start[0]);
    ::close(start[1]);
    ::close(end[0]);
    int winners = 0;
    int losers = 0;
    for (int left = 4; left > 0; --left) {
      if (left == 1) ::close(end[1]);  // three have lost: the winner may go
      int status = 0;
      ASSERT_GT(::waitpid(-1, &status, 0), 0);
      winners += WEXITSTATUS(status) == 1 ? 1 : 0;
      losers += WEXITSTATUS(status) == 2 ? 1 : 0;
    }
    ASSERT_EQ(winners, 1) << round;
    ASSERT_EQ(losers, 3) << round;
  }
}

}  // namespace
}  // namespace reprise
