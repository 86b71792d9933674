#include "pipeline/store/segment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "tests/unit/pipeline/store/sample_segments.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace reprise {
namespace {

using namespace samples;  // NOLINT

class SegmentFile : public testing::Test {
 protected:
  std::filesystem::path write(ByteView bytes) const {
    local_file_system().write(folder_ / "segment.h5", bytes);
    return folder_ / "segment.h5";
  }
  TemporaryFolder folder_;
};

/// A header line as the writer makes it, with whatever body and JSON.
Bytes with_header(const nlohmann::ordered_json& json, ByteView body) {
  std::string text = "reprise segment 4096\n" + json.dump() + "\n";
  text += "xxh128 " + hash_bytes(bytes_of(text)).hex() + "\n";
  text.resize(4096, '\n');
  Bytes bytes;
  append(bytes, bytes_of(text));
  append(bytes, body);
  return bytes;
}

TEST(TaskKeys, DependOnNameVersionSeedInstructionsSchemasAndInput) {
  const auto input = encode(Small{1});
  const auto key = [&](const TaskIdentity& task, std::uint64_t seed, std::string_view isa, ByteView bytes) {
    return task_key(key_context(task, seed, isa), bytes);
  };
  const auto& task = small_task();
  auto renamed = task;
  renamed.name = "sample.other";
  auto newer = task;
  newer.version = 2;
  auto other_output = task;
  other_output.output[0].type = ElementType::f32;
  auto other_input = task;
  other_input.input[0].name = "j";
  const std::set<Key> keys{key(task, 1, "avx2", input),         key(renamed, 1, "avx2", input),
                           key(newer, 1, "avx2", input),        key(task, 2, "avx2", input),
                           key(task, 1, "avx512", input),       key(task, 1, "avx2", encode(Small{2})),
                           key(other_output, 1, "avx2", input), key(other_input, 1, "avx2", input)};
  EXPECT_EQ(keys.size(), 8U);
  EXPECT_EQ(key(task, 1, "avx2", input), key(task, 1, "avx2", input));
}

TEST(TaskKeys, DoNotDependOnDescriptionsAndUnits) {
  auto described = small_task();
  described.output[0].description = "in other words";
  described.output[0].unit = "km";
  EXPECT_EQ(key_context(described, 1, "avx2"), key_context(small_task(), 1, "avx2"));
}

// If this test fails, what runs have stored is orphaned by the change: raise the "reprise key" version in
// key_context on purpose or undo it.
TEST(TaskKeys, StayWhatTheyAre) {
  EXPECT_EQ(key_context(small_task(), 7, "generic").hex(), "4e2fd8d59e2ba2113e742e8945ca6f95");
  EXPECT_EQ(small_key(1).hex(), "c7ad1735dae917686a60db8ac46a3f40");
  EXPECT_EQ(key_context(rich_task(), 7, "generic").hex(), "d949b3ee957294477717c9e7b1605d11");
}

TEST_F(SegmentFile, HoldsWhatWasAdded) {
  const auto writer = sample_rows(0, 20);
  const auto file = write(writer.finish(sample_header(17, 2)));
  for (const auto& segment :
       {Segment::open_verified(file), Segment::open_verified(file, 0), Segment::open(file)}) {
    ASSERT_EQ(segment.tables().size(), 2U);
    const auto& rich = segment.tables()[0];
    const auto& small = segment.tables()[1];
    EXPECT_EQ(small.task.label(), "sample.small@1");
    EXPECT_EQ(rich.task.label(), "sample.rich@3");
    EXPECT_EQ(rich.task.input, schema_of<Small>());
    EXPECT_EQ(rich.task.output, schema_of<Everything>());
    EXPECT_EQ(rich.first_row, 0U);
    EXPECT_EQ(small.first_row, 20U);
    EXPECT_EQ(&segment.table_of(19), &rich);
    EXPECT_EQ(&segment.table_of(20), &small);
    EXPECT_THROW(segment.table_of(40), DamagedFile);
    for (std::size_t i = 0; i < 20; ++i) {
      EXPECT_EQ(small.keys[i], small_key(i));
      EXPECT_EQ(decode<Small>(small.input.read(i, 1)[0]), Small{i});
      EXPECT_EQ(decode<Value>(small.output.read(i, 1)[0]).value, 0.5 * static_cast<double>(i));
      EXPECT_EQ(decode<Everything>(rich.output.read(i, 1)[0]), everything(i));
      EXPECT_EQ(decode<RowProvenance>(small.provenance.read(i, 1)[0]).wall_seconds, 0.25F);
    }
    EXPECT_EQ(segment.origins(), std::vector<Origin>{sample_origin()});
  }
}

TEST_F(SegmentFile, KeysComeInTheOrderOfItsRows) {
  SegmentWriter writer(sample_origin());
  for (std::uint64_t i = 0; i < 6; ++i) {
    if (i % 2 == 0) {
      writer.add(small_task(), small_key(i), encode(Small{i}), encode(Value{}), {});
    } else {
      writer.add(rich_task(), rich_key(i), encode(Small{i}), encode(everything(i)), {});
    }
  }
  const auto file = write(writer.finish(sample_header()));
  std::vector<Key> keys;
  const auto segment = Segment::open_verified(file);
  for (const auto& table : segment.tables()) keys.insert(keys.end(), table.keys.begin(), table.keys.end());
  EXPECT_EQ(writer.keys(), keys);
}

TEST_F(SegmentFile, WithoutRowsIsAFineSegment) {
  const auto file = write(SegmentWriter(sample_origin()).finish(sample_header()));
  EXPECT_TRUE(Segment::open_verified(file).tables().empty());
  EXPECT_EQ(read_segment_header(file).row_count(), 0U);
}

TEST_F(SegmentFile, RowsOfSeveralOriginsKeepTheirs) {
  auto other = sample_origin();
  other.host = "elsewhere";
  SegmentWriter writer(sample_origin());
  RowProvenance provenance;
  provenance.origin = writer.add_origin(other);
  EXPECT_EQ(provenance.origin, 1U);
  EXPECT_EQ(writer.add_origin(sample_origin()), 0U);
  writer.add(small_task(), small_key(1), encode(Small{1}), encode(Value{1}), provenance);
  const auto segment = Segment::open_verified(write(writer.finish(sample_header())));
  EXPECT_EQ(
      segment.origins().at(decode<RowProvenance>(segment.tables()[0].provenance.read(0, 1)[0]).origin).host,
      "elsewhere");
}

TEST_F(SegmentFile, TheSameRowsMakeTheSameBytes) {
  EXPECT_EQ(sample_rows(0, 10).finish(sample_header()), sample_rows(0, 10).finish(sample_header()));
}

TEST_F(SegmentFile, HeaderTellsRowsOfEachTable) {
  const auto file = write(sample_rows(0, 9).finish(sample_header(17, 2)));
  const auto header = read_segment_header(file);
  EXPECT_THAT(header.rows,
              testing::ElementsAre(testing::Pair("sample.rich@3", 9U), testing::Pair("sample.small@1", 9U)));
  EXPECT_EQ(header.row_count(), 18U);
  EXPECT_EQ(header.file_name(), "e2-r0000-00017.h5");
  EXPECT_EQ(header.epoch, 2);
}

TEST_F(SegmentFile, HeaderIsTextThatHeadShows) {
  const auto bytes = sample_rows(0, 2, false).finish(sample_header());
  const auto text = text_of(bytes);
  EXPECT_TRUE(
      text.starts_with("reprise segment 4096\n{\"format\":1,\"epoch\":1,\"rank\":0,\"sequence\":0,\"rows\":{"
                       "\"sample.small@1\":2},\"bytes\":"));
  EXPECT_EQ(text.substr(4097, 3), "HDF");
}

TEST_F(SegmentFile, HeaderOfVeryManyTablesStillFits) {
  SegmentWriter writer(sample_origin());
  for (int i = 0; i < 300; ++i) {
    auto task = small_task();
    task.name = "sample.task_" + std::string(20, 'x') + std::to_string(i);
    writer.add(task, {0, static_cast<std::uint64_t>(i)}, encode(Small{1}), encode(Value{1}), {});
  }
  const auto file = write(writer.finish(sample_header()));
  EXPECT_EQ(read_segment_header(file).row_count(), 300U);
  EXPECT_EQ(Segment::open_verified(file).tables().size(), 300U);
  EXPECT_EQ(Segment::open(file).tables().size(), 300U);
}

TEST_F(SegmentFile, CutShortAtAnyByteIsDamaged) {
  const auto bytes = sample_rows(0, 2, false).finish(sample_header());
  const auto file = write(bytes);
  for (std::size_t size = bytes.size(); size-- > 0;) {
    std::filesystem::resize_file(file, size);
    ASSERT_THROW(Segment::open_verified(file), DamagedFile) << size;
    ASSERT_THROW(read_segment_header(file), DamagedFile) << size;
    if (size % 11 != 0) continue;
    ASSERT_THROW(Segment::open_verified(file, 0), DamagedFile) << size;
  }
  auto longer = bytes;
  longer.push_back(std::byte{0});
  EXPECT_THROW(Segment::open_verified(write(longer)), DamagedFile);
  EXPECT_THROW(Segment::open_verified(write(longer), 0), DamagedFile);
}

TEST_F(SegmentFile, AChangeOfAnyByteIsNoticed) {
  const auto bytes = sample_rows(0, 2, false).finish(sample_header());
  const auto file = write(bytes);
  std::fstream change(file, std::ios::in | std::ios::out | std::ios::binary);
  const auto put = [&](std::size_t at, std::byte value) {
    change.seekp(static_cast<std::streamoff>(at)).put(static_cast<char>(value)).flush();
  };
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    put(at, bytes[at] ^ static_cast<std::byte>(1U << (at % 8)));
    ASSERT_THROW(Segment::open_verified(file), DamagedFile) << at;
    if (at % 11 == 0) {
      ASSERT_THROW(Segment::open_verified(file, 0), DamagedFile) << at;
    }
    put(at, bytes[at]);
  }
  EXPECT_NO_THROW(Segment::open_verified(file));
  EXPECT_NO_THROW(Segment::open_verified(file, 0));
}

// 400 places of a segment of 20,000 rows, drawn with a fixed seed.
TEST_F(SegmentFile, DamageOfALargeSegmentIsNoticed) {
  auto bytes = sample_rows(0, 10'000).finish(sample_header());
  std::mt19937_64 random(5);
  for (int round = 0; round < 200; ++round) {
    const auto at = random() % bytes.size();
    bytes[at] ^= std::byte{0x10};
    EXPECT_THROW(Segment::open_verified(write(bytes)), DamagedFile) << at;
    bytes[at] ^= std::byte{0x10};
    EXPECT_THROW(Segment::open_verified(write(ByteView(bytes).first(random() % bytes.size()))), DamagedFile);
  }
}

TEST_F(SegmentFile, OfANewerFormatSaysSo) {
  const auto old = sample_rows(0, 2, false).finish(sample_header());
  const auto body = ByteView(old).subspan(4096);
  nlohmann::ordered_json json{{"format", 2}, {"epoch", 1}, {"rank", 0}, {"sequence", 0}};
  try {
    Segment::open_verified(write(with_header(json, body)));
    ADD_FAILURE();
  } catch (const DamagedFile& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("format 2 by a newer version"));
  }
}

TEST_F(SegmentFile, WithAStrangeHeaderIsDamaged) {
  const auto body = bytes_of("body");
  const nlohmann::ordered_json good{{"format", 1},
                                    {"epoch", 1},
                                    {"rank", 0},
                                    {"sequence", 0},
                                    {"rows", {{"a@1", 1}}},
                                    {"bytes", 4},
                                    {"xxh128", hash_bytes(body).hex()}};
  EXPECT_EQ(parse_segment_header(with_header(good, body)).bytes, 4U);
  for (const auto& key : {"format", "epoch", "rank", "sequence", "rows", "bytes", "xxh128"}) {
    for (const auto& value :
         std::vector<nlohmann::ordered_json>{"text", nullptr, nlohmann::ordered_json::array({1})}) {
      auto json = good;
      json[key] = value;
      EXPECT_THROW(parse_segment_header(with_header(json, body)), DamagedFile) << json.dump();
      json.erase(key);
      EXPECT_THROW(parse_segment_header(with_header(json, body)), DamagedFile) << json.dump();
    }
  }
  auto json = good;
  json["bytes"] = 5;
  EXPECT_THROW(Segment::open_verified(write(with_header(json, body))), DamagedFile);
}

TEST_F(SegmentFile, OfSomebodyElseIsNoSegment) {
  h5::Image image;
  image.root().set_attribute("title", "a foreign file");
  const auto file = write(image.finish());
  EXPECT_THROW(Segment::open_verified(file), DamagedFile);
  EXPECT_THROW(Segment::open(file), DamagedFile);
  EXPECT_THROW(read_segment_header(file), DamagedFile);
  EXPECT_THROW(Segment::open(write(bytes_of("some text"))), DamagedFile);
  // A whole and checked file that isn't what a segment holds inside.
  const auto body = [] {
    h5::Image foreign;
    foreign.root().create_group("tasks/x");
    return foreign.finish();
  }();
  const nlohmann::ordered_json json{{"format", 1},
                                    {"epoch", 1},
                                    {"rank", 0},
                                    {"sequence", 0},
                                    {"rows", nlohmann::ordered_json::object()},
                                    {"bytes", body.size()},
                                    {"xxh128", hash_bytes(body).hex()}};
  EXPECT_THROW(Segment::open_verified(write(with_header(json, body))), DamagedFile);
}

TEST_F(SegmentFile, MissingIsAnErrorThatNamesIt) {
  EXPECT_THROW(Segment::open_verified(folder_ / "none.h5"), Error);
  EXPECT_THROW(Segment::open(folder_ / "none.h5"), DamagedFile);
}

}  // namespace
}  // namespace reprise
