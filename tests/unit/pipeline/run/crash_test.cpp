// The host loses power, the disk is full, or the process is stopped, at every single operation of a run on
// its files. Whatever happened, the next start finds every result whose publication had returned, and ends in
// the same bits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pipeline/run/session.hpp"
#include "tests/unit/pipeline/run/tiny_paper.hpp"
#include "tests/unit/pipeline/store/faulty_file_system.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace reprise {
namespace {

using namespace samples;  // NOLINT
namespace fs = std::filesystem;
using Fault = FaultyFileSystem::Fault;
using Loss = FaultyFileSystem::Loss;

constexpr std::uint64_t tasks = 40;
constexpr std::uint64_t results = tasks + tasks / 2;

class Crashes : public testing::Test {
 protected:
  Crashes() {
    ::setenv("REPRISE_PROGRESS", "none", 1);
    const TemporaryFolder folder;
    const auto outcome = run(folder, local_file_system());
    EXPECT_EQ(outcome.code, ExitCode::done);
    EXPECT_EQ(outcome.stored, results);
    digest_ = digest_of(folder / "runs/tiny");
  }

  static RunOutcome run(const TemporaryFolder& folder, FileSystem& files) {
    RunRequest request;
    request.job_file = write_tiny_job(folder.path(), tasks, 0.1, 0.01);
    request.runs = folder / "runs";
    request.command = "test";
    return run_job(request, nullptr, files);
  }

  struct After {
    std::size_t promised = 0;  ///< rows whose publication had returned
    std::size_t kept = 0;      ///< of these, found by the next start
    RunOutcome resumed;
    bool went_wrong = false;
  };

  /// A start whose operation `at` goes wrong, in a process that dies of it. Leaves beside the runs what was
  /// promised.
  static void start_wrongly(const TemporaryFolder& folder, Fault fault, std::size_t at,
                            std::optional<Loss> loss, bool forget_sync = false) {
    const auto segments = fs::absolute(folder / "runs/tiny") / "segments";
    fs::create_directories(folder / "runs");
    const pid_t child = ::fork();
    if (child == 0) {
      FaultyFileSystem files(folder / "runs");
      files.arm(fault, at);
      if (forget_sync) files.forget_to_sync_files();
      try {
        run(folder, files);
      } catch (const Crash&) {
      } catch (const Error&) {
      }
      Bytes promised;
      append_value(promised, files.went_wrong());
      for (const auto& file : files.promised_in(segments)) {
        if (file.extension() != ".h5" || !fs::exists(file)) continue;
        const auto segment = Segment::open_verified(file);
        for (const auto& table : segment.tables()) append(promised, std::as_bytes(std::span(table.keys)));
      }
      local_file_system().write(folder / "promised", promised);
      if (loss) files.lose_power(*loss, at);
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "operation " << at << ", status " << status;
  }

  /// Starts twice: wrongly, and on a sound file system.
  static After start_twice(const TemporaryFolder& folder, Fault fault, std::size_t at,
                           std::optional<Loss> loss) {
    start_wrongly(folder, fault, at, loss);
    After after = look(folder);
    after.resumed = run(folder, local_file_system());
    return after;
  }

  /// What was promised, and what of it is there.
  static After look(const TemporaryFolder& folder) {
    After after;
    const auto bytes = read_file(folder / "promised");
    ByteReader reader(bytes);
    after.went_wrong = reader.value<bool>();
    Store store(folder / "runs/tiny", local_file_system());
    store.scan();
    while (!reader.empty()) {
      ++after.promised;
      after.kept += store.has(reader.value<Key>()) ? 1U : 0U;
    }
    return after;
  }

  /// Tries every operation until a start gets through without meeting it.
  void try_all(Fault fault, std::optional<Loss> loss) {
    std::size_t with_promises = 0;
    std::size_t at = 1;
    for (;; ++at) {
      const TemporaryFolder folder;
      const auto after = start_twice(folder, fault, at, loss);
      ASSERT_EQ(after.kept, after.promised) << "operation " << at;
      ASSERT_EQ(after.resumed.code, ExitCode::done)
          << "operation " << at << ": " << testing::PrintToString(after.resumed.messages);
      ASSERT_EQ(after.resumed.stored, results) << at;
      ASSERT_LE(after.resumed.executed, results - after.promised) << at;
      ASSERT_EQ(digest_of(folder / "runs/tiny"), digest_) << at;
      with_promises += after.promised > 0 && after.promised < results ? 1U : 0U;
      if (!after.went_wrong) break;
    }
    EXPECT_GT(at, 30U);            // there were operations to go wrong
    EXPECT_GE(with_promises, 2U);  // and several of them in the middle of the results
  }

  std::string digest_;
};

TEST_F(Crashes, PowerLostAtAnyOperationWithAllThatWasNotSynced) {
  try_all(Fault::stop, Loss::everything);
}

TEST_F(Crashes, PowerLostAtAnyOperationWithSomeOfWhatWasNotSynced) {
  try_all(Fault::stop, Loss::some);
}

TEST_F(Crashes, TheProcessStoppedAtAnyOperation) {
  try_all(Fault::stop, std::nullopt);
}

TEST_F(Crashes, AnyOperationFailedOnAFullDisk) {
  try_all(Fault::error, std::nullopt);
}

// Were the fsync of a file missing, the tests above would fail.
TEST_F(Crashes, AMissingFsyncIsNoticed) {
  std::size_t lost = 0;
  for (std::size_t at = 20; at <= 40 && lost == 0; at += 5) {
    const TemporaryFolder folder;
    start_wrongly(folder, Fault::stop, at, Loss::everything, true);
    const auto after = look(folder);
    lost += after.promised - after.kept;
  }
  EXPECT_GT(lost, 0U);
}

// Power is lost again and again, each time a little later.
TEST_F(Crashes, ManyInARowEndInTheSameBits) {
  const TemporaryFolder folder;
  for (std::size_t at = 5; at < 60; at += 6) start_wrongly(folder, Fault::stop, at, Loss::everything);
  EXPECT_EQ(run(folder, local_file_system()).code, ExitCode::done);
  EXPECT_EQ(digest_of(folder / "runs/tiny"), digest_);
}

}  // namespace
}  // namespace reprise
