#include "pipeline/run/hand.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>

#include "pipeline/store/file_system.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace reprise {
namespace {

using samples::TemporaryFolder;

class HandTest : public testing::Test {
 protected:
  /// What a child that does `work` with its hand leaves behind.
  HandState after(const std::function<void(Hand&)>& work) const {
    const pid_t child = ::fork();
    if (child == 0) {
      Hand hand(folder_.path(), 2, 5);
      hand.note_fatal_signals();
      work(hand);
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return read_hand(folder_.path(), 2, 5).value();
  }
  TemporaryFolder folder_;
  Key key_{7, 8};
};

TEST_F(HandTest, IsEmptyAfterAQuietEnd) {
  const auto left = after([&](Hand& hand) {
    hand.take(key_);
    hand.put_down();
  });
  EXPECT_FALSE(left.key);
  EXPECT_EQ(left.signal, 0);
  EXPECT_EQ(left.rank, 5);
  EXPECT_FALSE(left.told_to_stop);
}

TEST_F(HandTest, HoldsTheTaskOfAProcessThatWasKilled) {
  const auto left = after([&](Hand& hand) {
    hand.take(key_);
    ::raise(SIGKILL);
  });
  EXPECT_EQ(left.key, key_);
  EXPECT_EQ(left.signal, 0);
}

TEST_F(HandTest, NotesTheFatalSignal) {
#ifndef __SANITIZE_ADDRESS__
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) {
    const auto left = after([&](Hand& hand) {
      hand.take(key_);
      ::raise(signal);
    });
    EXPECT_EQ(left.signal, signal);
    EXPECT_EQ(left.key, key_);
  }
#endif
}

TEST_F(HandTest, KnowsThatItWasToldToStop) {
  const auto left = after([&](Hand& hand) {
    hand.take(key_);
    hand.told_to_stop();
    ::raise(SIGKILL);
  });
  EXPECT_TRUE(left.told_to_stop);
}

TEST_F(HandTest, OfEarlierEpochsAreFoundDamagedAndForeignOnesLeftOut) {
  { Hand one(folder_.path(), 1, 0); }
  { Hand two(folder_.path(), 1, 12345); }
  { Hand own(folder_.path(), 3, 0); }
  local_file_system().write(folder_ / "hands/e1-r0007", bytes_of("torn"));
  local_file_system().write(folder_ / "hands/notes", bytes_of("?"));
  const auto found = earlier_hands(folder_.path(), 3);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].second.rank + found[1].second.rank, 12345);
  EXPECT_FALSE(read_hand(folder_.path(), 9, 9));
}

}  // namespace
}  // namespace reprise
