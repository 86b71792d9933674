#include "pipeline/store/file_system.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/unit/pipeline/store/faulty_file_system.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace reprise {
namespace {

using namespace samples;  // NOLINT
namespace fs = std::filesystem;

std::string text(const fs::path& file) {
  return std::string(text_of(read_file(file)));
}

TEST(LocalFileSystem, WritesAppendsRenamesAndRemoves) {
  const TemporaryFolder folder;
  auto& files = local_file_system();
  files.write(folder / "a", bytes_of("one"));
  files.append(folder / "a", bytes_of(" two"));
  files.append(folder / "new", bytes_of("x"));
  EXPECT_EQ(text(folder / "a"), "one two");
  files.write(folder / "a", bytes_of("3"));
  EXPECT_EQ(text(folder / "a"), "3");
  files.sync(folder / "a");
  files.rename(folder / "a", folder / "new");
  files.sync_folder(folder.path());
  EXPECT_EQ(text(folder / "new"), "3");
  EXPECT_FALSE(fs::exists(folder / "a"));
  files.remove(folder / "new");
  files.remove(folder / "new");  // gone already
  EXPECT_FALSE(fs::exists(folder / "new"));
  EXPECT_EQ(read_front((files.write(folder / "b", bytes_of("12345")), folder / "b"), 3).size(), 3U);
  EXPECT_EQ(read_front(folder / "b", 30).size(), 5U);
}

TEST(LocalFileSystem, WritesAndReadsAtAnyPlace) {
  const TemporaryFolder folder;
  local_file_system().write(folder / "a", bytes_of("what was there"));
  const auto file = local_file_system().create(folder / "a");
  file->write_at(4, bytes_of("four"));
  file->write_at(0, bytes_of("zero"));
  EXPECT_EQ(text(folder / "a"), "zerofour");
  Bytes bytes(4, std::byte{'-'});
  file->read_at(6, bytes);
  EXPECT_EQ(text_of(bytes), "ur--");
  file->resize(2);
  file->close();
  EXPECT_EQ(text(folder / "a"), "ze");
  EXPECT_THROW(local_file_system().create(folder / "none/a"), Error);
  EXPECT_THROW(local_file_system().create("/dev/full")->write_at(0, bytes_of("x")), Error);
}

TEST(LocalFileSystem, HashesAFileFromAnyByteOn) {
  const TemporaryFolder folder;
  Bytes bytes(3'000'000);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i * i >> 7U);
  local_file_system().write(folder / "a", bytes);
  for (const std::size_t first : {0U, 1U, 4096U, 3'000'000U})
    EXPECT_EQ(hash_file(folder / "a", first), hash_bytes(ByteView(bytes).subspan(first)));
  EXPECT_THROW(hash_file(folder / "none", 0), Error);
}

TEST(LocalFileSystem, MakesFoldersWithTheirParents) {
  const TemporaryFolder folder;
  local_file_system().create_folders(folder / "a/b/c");
  local_file_system().create_folders(folder / "a/b/c/");
  EXPECT_TRUE(fs::is_directory(folder / "a/b/c"));
  local_file_system().write(folder / "file", {});
  EXPECT_THROW(local_file_system().create_folders(folder / "file"), Error);
  EXPECT_THROW(local_file_system().create_folders(folder / "file/below"), Error);
}

TEST(LocalFileSystem, ErrorsNameTheFileAndWhatToDo) {
  const TemporaryFolder folder;
  try {
    local_file_system().write(folder / "none/a", {});
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::AllOf(testing::HasSubstr("none/a"), testing::HasSubstr("No such file"),
                                             testing::HasSubstr("may have been removed")));
  }
  try {
    local_file_system().append("/dev/full", bytes_of("x"));
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("free some space"));
  }
  EXPECT_THROW(read_file(folder / "none"), Error);
  EXPECT_THROW(local_file_system().sync(folder / "none"), Error);
  EXPECT_THROW(local_file_system().sync_folder(folder / "none"), Error);
  EXPECT_THROW(local_file_system().rename(folder / "none", folder / "x"), Error);
}

TEST(LocalFileSystem, OfManyCreatorsOneWins) {
  const TemporaryFolder folder;
  for (int round = 0; round < 50; ++round) {
    const auto file = folder / std::to_string(round);
    std::atomic<int> winners{0};
    std::atomic<int> winner{-1};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&, i] {
        if (!local_file_system().create_exclusively(file, bytes_of(std::to_string(i)))) return;
        ++winners;
        winner = i;
      });
    }
    for (auto& thread : threads) thread.join();
    ASSERT_EQ(winners.load(), 1);
    ASSERT_EQ(text(file), std::to_string(winner.load()));
  }
  for (const auto& entry : fs::directory_iterator(folder.path())) EXPECT_NE(entry.path().extension(), ".tmp");
}

TEST(PublishFile, LeavesTheWholeFileUnderItsName) {
  const TemporaryFolder folder;
  publish_file(local_file_system(), folder / "a", bytes_of("all"));
  publish_file(local_file_system(), folder / "a", bytes_of("new"));
  EXPECT_EQ(text(folder / "a"), "new");
  EXPECT_FALSE(fs::exists(folder / "a.tmp"));
}

/// What is left of the file after a crash at operation `at` of publishing "new" over "old".
std::string after_crash(std::size_t at, FaultyFileSystem::Loss loss, std::uint64_t seed, bool forget,
                        bool& returned) {
  const TemporaryFolder folder;
  publish_file(local_file_system(), folder / "a", bytes_of("old"));
  FaultyFileSystem files(folder.path());
  if (forget) files.forget_to_sync_files();
  files.arm(FaultyFileSystem::Fault::stop, at);
  returned = false;
  try {
    publish_file(files, folder / "a", bytes_of("new"));
    returned = true;
  } catch (const Crash&) {
  }
  files.lose_power(loss, seed);
  return text(folder / "a");
}

TEST(PublishFile, ACrashAtAnyStepLeavesTheOldOrTheNewAndAfterReturningTheNew) {
  for (std::size_t at = 1; at <= 5; ++at) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      bool returned = false;
      const auto loss = seed == 0 ? FaultyFileSystem::Loss::everything : FaultyFileSystem::Loss::some;
      const auto left = after_crash(at, loss, seed, false, returned);
      EXPECT_EQ(returned, at == 5);
      EXPECT_TRUE(left == "old" || left == "new") << at << " " << left;
      if (returned) {
        EXPECT_EQ(left, "new");
      }
    }
  }
}

// The tests of durability would notice a missing fsync.
TEST(PublishFile, WithoutSyncWouldLoseTheFile) {
  bool returned = false;
  EXPECT_EQ(after_crash(5, FaultyFileSystem::Loss::everything, 0, true, returned), "");
  EXPECT_TRUE(returned);
}

TEST(PublishFile, AFullDiskLeavesTheOldFile) {
  for (std::size_t at = 1; at <= 3; ++at) {
    const TemporaryFolder folder;
    publish_file(local_file_system(), folder / "a", bytes_of("old"));
    FaultyFileSystem files(folder.path());
    files.arm(FaultyFileSystem::Fault::error, at);
    EXPECT_THROW(publish_file(files, folder / "a", bytes_of("new")), Error);
    EXPECT_EQ(text(folder / "a"), "old");
    publish_file(files, folder / "a", bytes_of("new"));
    EXPECT_EQ(text(folder / "a"), "new");
  }
}

}  // namespace
}  // namespace reprise
