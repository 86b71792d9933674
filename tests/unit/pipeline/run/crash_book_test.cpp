#include "pipeline/run/crash_book.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "pipeline/run/hand.hpp"
#include "tests/unit/pipeline/run/tiny_paper.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace reprise {
namespace {

using namespace samples;  // NOLINT
namespace fs = std::filesystem;

class CrashBook : public testing::Test {
 protected:
  Key key() const { return task_key(key_context(tiny_kind().identity, 1, "generic"), tiny_input(0)); }

  /// A process of an earlier holder that ended with the task in its hand.
  void leave_hand(std::int64_t epoch, int rank, int signal, bool told = false, bool holding = true) const {
    const pid_t child = ::fork();
    if (child == 0) {
      Hand hand(folder_.path(), epoch, rank);
      hand.note_fatal_signals();
      if (holding) hand.take(key());
      if (told) hand.told_to_stop();
      ::raise(signal);
      ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
  }

  /// Crashes that a start of `epoch` counts against the task: 0 to 2 by whether it is isolated; 3: set aside.
  std::string judge(std::int64_t epoch, bool forgive = false) {
    Ledger ledger(store_, {.crashes = 2});
    Events events(folder_.path(), local_file_system(), epoch);
    settle_crashes(folder_.path(), epoch, ledger, events, forgive);
    Mapping mapping;
    mapping.kind = &tiny_kind();
    mapping.context = key_context(mapping.kind->identity, 1, "generic");
    mapping.size = 1;
    mapping.input = [](std::size_t) { return tiny_input(0); };
    ledger.begin(mapping);
    ledger.request(mapping, {});
    if (!ledger.failures().empty()) return "set aside";
    return ledger.take(1, 1, false).at(0).isolate ? "isolated" : "blameless";
  }
  std::size_t hands() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder_ / "hands"), fs::directory_iterator()));
  }

  TemporaryFolder folder_;
  Store store_{folder_.path(), local_file_system()};
};

#ifndef __SANITIZE_ADDRESS__
TEST_F(CrashBook, AFatalSignalIsTheTasksFault) {
  leave_hand(1, 1, SIGSEGV);
  EXPECT_EQ(judge(2), "isolated");
  EXPECT_EQ(hands(), 0U);
  EXPECT_EQ(judge(3), "isolated");  // remembered, and counted once
  leave_hand(3, 1, SIGSEGV);
  EXPECT_EQ(judge(4), "set aside");
  EXPECT_EQ(judge(5), "set aside");
}

TEST_F(CrashBook, AStartThatWasCutShortCountsACrashOnce) {
  leave_hand(1, 1, SIGSEGV);
  fs::create_directories(folder_ / "kept");
  fs::copy(folder_ / "hands", folder_ / "kept", fs::copy_options::recursive);
  EXPECT_EQ(judge(2), "isolated");
  fs::copy(folder_ / "kept", folder_ / "hands", fs::copy_options::recursive);  // its removal did not last
  EXPECT_EQ(judge(3), "isolated");
  EXPECT_EQ(hands(), 0U);
}

TEST_F(CrashBook, ForgivenessWipesWhatCameBefore) {
  leave_hand(1, 1, SIGSEGV);
  leave_hand(1, 2, SIGSEGV);
  EXPECT_EQ(judge(2), "set aside");
  EXPECT_EQ(judge(3, true), "blameless");
  EXPECT_EQ(judge(4), "blameless");
  leave_hand(4, 1, SIGSEGV);
  EXPECT_EQ(judge(5), "isolated");
}
#endif

TEST_F(CrashBook, AllKilledTogetherBlamesNobody) {
  leave_hand(1, 1, SIGKILL);
  leave_hand(1, 2, SIGKILL);
  EXPECT_EQ(judge(2), "blameless");
  EXPECT_EQ(hands(), 0U);
}

TEST_F(CrashBook, OneKilledWhileOthersWereToldToStopIsBlamed) {
  leave_hand(1, 1, SIGKILL);
  leave_hand(1, 2, SIGKILL, true, false);
  EXPECT_EQ(judge(2), "isolated");
}

TEST_F(CrashBook, APlannedStopBlamesNobody) {
  leave_hand(1, 1, SIGKILL, true);
  leave_hand(1, 2, SIGKILL, true);
  EXPECT_EQ(judge(2), "blameless");
}

TEST_F(CrashBook, ALostRankThatWasBookedWhileTheRunWentOnIsNotCountedTwice) {
  Events(folder_.path(), local_file_system(), 1)
      .add("rank_lost", {{"rank", 1}, {"key", key().hex()}, {"message", "m"}});
  leave_hand(1, 1, SIGKILL);
  leave_hand(1, 2, SIGKILL, true, false);
  EXPECT_EQ(judge(2), "isolated");
}

}  // namespace
}  // namespace reprise
