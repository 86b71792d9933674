// Segments whose bytes were changed at will, opened without their checksum being looked at: what HDF5 and the
// readers over it make of them. Runs in child processes, because HDF5 1.10 itself is not safe against hostile
// files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>

#include "pipeline/store/segment.hpp"
#include "tests/unit/pipeline/store/sample_segments.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace reprise {
namespace {

using namespace samples;  // NOLINT

/// 0: read or refused as damaged; 1: anything else was thrown.
int read_all(const std::filesystem::path& file) {
  try {
    const auto segment = Segment::open(file);
    for (const auto& table : segment.tables()) {
      for (const auto* columns : {&table.input, &table.output, &table.provenance}) {
        for (const auto& row : columns->read(0, table.rows)) show_row(row, columns->schema());
      }
    }
  } catch (const DamagedFile&) {
  } catch (const std::exception& error) {
    ADD_FAILURE() << error.what();
    return 1;
  }
  return 0;
}

struct Tally {
  int fine = 0;
  int thrown = 0;
  int killed = 0;
};

/// Mutates `bytes` `rounds` times from a fixed seed. A child takes as many rounds as it survives.
template <class Mutate>
Tally try_mutations(const Bytes& bytes, int rounds, Mutate mutate) {
  const TemporaryFolder folder;
  Tally tally;
  for (int first = 0; first < rounds;) {
    std::array<int, 2> pipe{};
    if (::pipe(pipe.data()) != 0) throw std::runtime_error("no pipe");
    const pid_t child = ::fork();
    if (child == 0) {
      for (int round = first; round < rounds; ++round) {
        auto changed = bytes;
        mutate(changed, round);
        local_file_system().write(folder / "segment.h5", changed);
        ::alarm(20);
        const auto result = static_cast<char>(read_all(folder / "segment.h5"));
        if (::write(pipe[1], &result, 1) != 1) ::_exit(3);
      }
      ::_exit(0);
    }
    ::close(pipe[1]);
    char result = 0;
    while (::read(pipe[0], &result, 1) == 1) {
      ++first;
      ++(result == 0 ? tally.fine : tally.thrown);
    }
    ::close(pipe[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
      ++tally.killed;
      ++first;
    }
  }
  return tally;
}

void mutate_bytes(Bytes& bytes, int round) {
  std::mt19937_64 random(static_cast<std::uint64_t>(round));
  for (auto changes = 1 + random() % 3; changes > 0; --changes) {
    bytes[4096 + random() % (bytes.size() - 4096)] = static_cast<std::byte>(random());
  }
}

// What we promise is checked by open_verified, which hands no changed byte to HDF5 (SegmentFile tests).
// Beyond the promise: our own code throws nothing but DamagedFile, whatever HDF5 returns.
TEST(HostileSegment, IsDamageToOurReaders) {
  const auto tally = try_mutations(sample_rows(0, 8).finish(sample_header()), 1500, mutate_bytes);
  EXPECT_EQ(tally.thrown, 0);
  RecordProperty("killed_in_hdf5", tally.killed);
  std::printf("HDF5 went down %d times in 1500\n", tally.killed);
}

TEST(HostileSegment, NeverReachesHdf5ThroughTheCheckedWay) {
  const TemporaryFolder folder;
  const auto bytes = sample_rows(0, 8).finish(sample_header());
  for (int round = 0; round < 1500; ++round) {
    auto changed = bytes;
    mutate_bytes(changed, round);
    if (changed == bytes) continue;
    local_file_system().write(folder / "segment.h5", changed);
    EXPECT_THROW(Segment::open_verified(folder / "segment.h5"), DamagedFile) << round;
  }
}

}  // namespace
}  // namespace reprise
