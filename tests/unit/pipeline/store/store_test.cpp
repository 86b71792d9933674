#include "pipeline/store/store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/unit/pipeline/store/sample_segments.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace reprise {
namespace {

using namespace samples;  // NOLINT
namespace fs = std::filesystem;

class StoreFolder : public testing::Test {
 protected:
  void publish(std::int64_t sequence, std::uint64_t first, std::uint64_t count) {
    Store store(folder_.path(), files_);
    store.scan_and_tidy();
    store.publish(sample_rows(first, count), sample_header(sequence));
  }
  fs::path segment(std::int64_t sequence) const {
    return folder_.path() / "segments" / sample_header(sequence).file_name();
  }

  TemporaryFolder folder_;
  FileSystem& files_ = local_file_system();
};

TEST_F(StoreFolder, KnowsWhatItPublished) {
  Store store(folder_.path(), files_);
  EXPECT_EQ(store.scan_and_tidy().rows, 0U);
  EXPECT_FALSE(store.has(small_key(1)));
  EXPECT_EQ(store.publish(sample_rows(0, 10), sample_header()), "e1-r0000-00000.h5");
  EXPECT_EQ(store.size(), 20U);
  for (std::uint64_t i = 0; i < 10; ++i) {
    EXPECT_EQ(decode<Value>(store.output(small_key(i))).value, 0.5 * static_cast<double>(i));
    EXPECT_EQ(decode<Everything>(store.output(rich_key(i))), everything(i));
  }
  EXPECT_FALSE(store.has(small_key(10)));
  EXPECT_FALSE(store.address(small_key(10)));
  EXPECT_THROW(store.output(small_key(10)), Error);
}

TEST_F(StoreFolder, AnotherProcessFindsIt) {
  publish(0, 0, 10);
  publish(1, 10, 5);
  Store store(folder_.path(), files_);
  const auto found = store.scan();
  EXPECT_EQ(found.segments, 2U);
  EXPECT_EQ(found.rows, 30U);
  EXPECT_TRUE(found.damaged.empty());
  for (std::uint64_t i = 0; i < 15; ++i)
    EXPECT_EQ(decode<Everything>(store.output(rich_key(i))), everything(i));
  EXPECT_EQ(store.address(small_key(12))->segment, "e1-r0000-00001.h5");
}

TEST_F(StoreFolder, AdoptsWhatALostRankPublishedAndDidNotTell) {
  Store store(folder_.path(), files_);
  store.scan_and_tidy();
  const auto leave = [&](std::int64_t epoch, std::int64_t rank, std::int64_t sequence, std::uint64_t first) {
    auto header = sample_header(sequence, epoch);
    header.rank = rank;
    publish_file(files_, store.segments_folder() / header.file_name(),
                 sample_rows(first, 1, false).finish(header));
    return header.file_name();
  };
  store.adopt(leave(2, 1, 0, 0), {small_key(0)});  // told
  leave(2, 1, 1, 1);
  leave(2, 1, 2, 2);
  leave(2, 11, 0, 3);  // of another rank
  leave(1, 1, 0, 4);   // of another start
  files_.write(store.segments_folder() / leave(2, 1, 3, 5), bytes_of("damaged"));
  EXPECT_THAT(store.adopt_left_by(2, 1), testing::ElementsAre(small_key(1), small_key(2)));
  EXPECT_EQ(store.size(), 3U);
  EXPECT_EQ(decode<Value>(store.output(small_key(2))).value, 1.0);
  EXPECT_TRUE(store.adopt_left_by(2, 1).empty());
  EXPECT_TRUE(store.adopt_left_by(2, 2).empty());
}

TEST_F(StoreFolder, AdoptsWhatAnotherRankPublished) {
  Store store(folder_.path(), files_);
  store.scan_and_tidy();
  const auto rows = sample_rows(0, 4);
  publish_file(files_, segment(3), rows.finish(sample_header(3)));
  EXPECT_FALSE(store.has(small_key(2)));
  store.adopt(segment(3).filename(), rows.keys());
  EXPECT_EQ(decode<Value>(store.output(small_key(2))).value, 1.0);
  EXPECT_EQ(decode<Everything>(store.output(rich_key(2))), everything(2));
}

TEST_F(StoreFolder, AKeyPublishedTwiceIsOneResult) {
  publish(0, 0, 10);
  publish(1, 5, 10);
  Store store(folder_.path(), files_);
  EXPECT_EQ(store.scan().rows, 40U);
  EXPECT_EQ(store.size(), 30U);
  EXPECT_EQ(decode<Value>(store.output(small_key(7))).value, 3.5);
}

TEST_F(StoreFolder, DamagedSegmentsAreSetAsideNotDeleted) {
  publish(0, 0, 10);
  publish(1, 10, 10);
  auto bytes = read_file(segment(0));
  bytes[bytes.size() / 2] ^= std::byte{1};
  files_.write(segment(0), bytes);
  Store store(folder_.path(), files_);
  const auto found = store.scan_and_tidy();
  ASSERT_EQ(found.damaged.size(), 1U);
  EXPECT_EQ(found.damaged[0].name, segment(0).filename());
  EXPECT_THAT(found.damaged[0].reason, testing::HasSubstr("checksum"));
  EXPECT_FALSE(fs::exists(segment(0)));
  EXPECT_EQ(read_file(folder_.path() / "segments" / "damaged" / segment(0).filename()), bytes);
  EXPECT_FALSE(store.has(small_key(5)));
  EXPECT_TRUE(store.has(small_key(15)));
  EXPECT_TRUE(Store(folder_.path(), files_).scan().damaged.empty());
}

TEST_F(StoreFolder, LookingChangesNothing) {
  publish(0, 0, 10);
  files_.write(segment(1), bytes_of("damaged"));
  files_.write(segment(2).string() + ".tmp", bytes_of("left over"));
  EXPECT_EQ(Store(folder_.path(), files_).scan().damaged.size(), 1U);
  EXPECT_TRUE(fs::exists(segment(1)));
  EXPECT_TRUE(fs::exists(segment(2).string() + ".tmp"));
}

TEST_F(StoreFolder, WhatUnfinishedPublicationsLeftIsRemoved) {
  publish(0, 0, 10);
  files_.write(segment(1).string() + ".tmp", bytes_of("left over"));
  Store store(folder_.path(), files_);
  EXPECT_EQ(store.scan_and_tidy().segments, 1U);
  EXPECT_FALSE(fs::exists(segment(1).string() + ".tmp"));
}

TEST_F(StoreFolder, FilesOfOthersAreLeftAlone) {
  publish(0, 0, 3);
  files_.write(folder_.path() / "segments" / "notes.txt", bytes_of("a note"));
  fs::create_directories(folder_.path() / "segments" / "folder.h5");
  EXPECT_EQ(Store(folder_.path(), files_).scan_and_tidy().segments, 1U);
  EXPECT_TRUE(fs::exists(folder_.path() / "segments" / "notes.txt"));
}

TEST_F(StoreFolder, ANewFolderIsEmpty) {
  EXPECT_EQ(Store(folder_.path() / "new", files_).scan().segments, 0U);
  EXPECT_FALSE(fs::exists(folder_.path() / "new"));
}

TEST_F(StoreFolder, RowsAreReadWhileTheFileIsGoneOnceTheyAreInMemory) {
  publish(0, 0, 10);
  RowReader reader(folder_.path() / "segments");
  const auto name = segment(0).filename().string();
  const auto row = reader.output(name, 3);
  EXPECT_EQ(decode<Everything>(row), everything(3));
  fs::remove(segment(0));
  EXPECT_EQ(reader.output(name, 4), encode(everything(4)));
}

TEST_F(StoreFolder, AReaderWithLittleMemoryReadsAllTheSame) {
  publish(0, 0, 200);
  publish(1, 200, 200);
  for (const std::size_t cache : {std::size_t{0}, std::size_t{1000}, std::size_t{1} << 20U}) {
    RowReader reader(folder_.path() / "segments", cache);
    for (std::uint32_t i = 0; i < 200; i += 7) {
      for (const std::int64_t sequence : {0, 1}) {
        const auto name = sample_header(sequence).file_name();
        const auto number = i + 200 * static_cast<std::uint64_t>(sequence);
        EXPECT_EQ(reader.output(name, i), encode(everything(number)));
        EXPECT_EQ(decode<Value>(reader.output(name, 200 + i)).value, 0.5 * static_cast<double>(number));
      }
    }
    EXPECT_THROW(reader.output(sample_header(0).file_name(), 400), DamagedFile);
  }
}

TEST_F(StoreFolder, MoreSegmentsThanAreKeptOpenAreReadInTurn) {
  for (int sequence = 0; sequence < 40; ++sequence) {
    publish_file(files_, (files_.create_folders(folder_.path() / "segments"), segment(sequence)),
                 sample_rows(static_cast<std::uint64_t>(sequence), 1, false).finish(sample_header(sequence)));
  }
  RowReader reader(folder_.path() / "segments");
  for (int round = 0; round < 2; ++round) {
    for (int sequence = 0; sequence < 40; ++sequence) {
      EXPECT_EQ(decode<Value>(reader.output(sample_header(sequence).file_name(), 0)).value, 0.5 * sequence);
    }
  }
}

TEST_F(StoreFolder, ADamagedSegmentIsNamedWithWhatToDo) {
  publish(0, 0, 10);
  const auto bytes = read_file(segment(0));
  files_.write(segment(0), ByteView(bytes).first(5000));
  RowReader reader(folder_.path() / "segments");
  try {
    reader.output(segment(0).filename(), 0);
    ADD_FAILURE();
  } catch (const DamagedFile& error) {
    EXPECT_THAT(error.what(), testing::AllOf(testing::HasSubstr("e1-r0000-00000.h5"),
                                             testing::HasSubstr("run the same command again")));
  }
}

TEST(Digest, DoesNotDependOnTheOrderOfRows) {
  Digest forward;
  Digest backward;
  for (std::uint64_t i = 0; i < 100; ++i) forward.add(small_key(i), encode(everything(i)));
  for (std::uint64_t i = 100; i-- > 0;) backward.add(small_key(i), encode(everything(i)));
  EXPECT_EQ(forward.hex(), backward.hex());
}

TEST(Digest, DependsOnEveryKeyOnEveryOutputAndOnTheirPairing) {
  const auto digest = [](std::vector<std::pair<std::uint64_t, std::uint64_t>> rows) {
    Digest made;
    for (const auto& [key, output] : rows) made.add(small_key(key), encode(Small{output}));
    return made.hex();
  };
  const std::set<std::string> all{digest({}),
                                  digest({{1, 1}}),
                                  digest({{1, 2}}),
                                  digest({{2, 1}}),
                                  digest({{1, 1}, {2, 2}}),
                                  digest({{1, 2}, {2, 1}}),
                                  digest({{1, 1}, {1, 1}})};
  EXPECT_EQ(all.size(), 7U);
}

}  // namespace
}  // namespace reprise
