#include "pipeline/run/pack.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "pipeline/base/errors.hpp"
#include "pipeline/store/h5_file.hpp"
#include "tests/unit/pipeline/store/faulty_file_system.hpp"
#include "tests/unit/pipeline/store/sample_segments.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace reprise {
namespace {

using namespace samples;  // NOLINT
namespace fs = std::filesystem;

struct At {
  double x = 0;
  std::string name;
  bool operator==(const At&) const = default;
};
constexpr auto fields(const At*) {
  return std::tuple{field("x", &At::x, "where", "m"), field("name", &At::name, "what")};
}

/// One row on its way into a run.
struct Row {
  const TaskIdentity* task;
  Bytes input;
  Bytes output;
  Key key() const { return task_key(key_context(*task, 7, "generic"), input); }
};

const TaskIdentity& at_task() {
  static const TaskIdentity task{"sample.at", 1, schema_of<At>(), schema_of<Value>()};
  return task;
}
const TaskIdentity& uniform_task() {
  static const TaskIdentity task{"sample.uniform", 1, schema_of<Small>(), schema_of<Everything>()};
  return task;
}
Row at(double x, const std::string& name = "") {
  return {&at_task(), encode(At{x, name}), encode(Value{x})};
}

/// Rows of tasks with fields of all types, ragged and uniform, in ascending order of their inputs.
std::vector<Row> all_kinds(std::uint64_t count) {
  std::vector<Row> rows;
  for (std::uint64_t i = 0; i < count; ++i) {
    rows.push_back({&small_task(), encode(Small{i}), encode(Value{0.5 * static_cast<double>(i)})});
    rows.push_back({&rich_task(), encode(Small{i}), encode(everything(i))});
    rows.push_back({&uniform_task(), encode(Small{i}), encode(everything(i, true))});
  }
  return rows;
}

void add(SegmentWriter& writer, const Row& row, std::uint32_t origin = 0) {
  writer.add(*row.task, row.key(), row.input, row.output, {0.25F, 0.125F, 3, origin});
}

class Pack : public testing::Test {
 protected:
  Pack() {
    fs::create_directories(run() / "segments");
    local_file_system().write(run() / "job.toml", bytes_of("paper = \"tiny\"\n"));
    local_file_system().write(
        run() / "frozen.json",
        bytes_of(R"({"meaning":{"paper":"tiny"},"isa":"generic","frozen_at":"then","claims":{}})"));
  }
  fs::path run() const { return folder_ / "run"; }
  fs::path target() const { return folder_ / "packed.h5"; }
  fs::path temporary() const { return folder_ / "packed.h5.tmp"; }

  /// Spreads rows over `count` segments in an order drawn with `seed`.
  void store(std::vector<Row> rows, std::size_t count, std::uint64_t seed) {
    std::shuffle(rows.begin(), rows.end(), std::mt19937_64(seed));
    for (std::size_t segment = 0; segment < count; ++segment) {
      SegmentWriter writer(sample_origin());
      for (std::size_t i = segment; i < rows.size(); i += count) add(writer, rows[i]);
      const auto header = sample_header(static_cast<std::int64_t>(sequence_++));
      local_file_system().write(run() / "segments" / header.file_name(), writer.finish(header));
    }
  }

  TemporaryFolder folder_;
  int sequence_ = 0;
};

/// A data set's type, layout and filters, attributes and values, to be compared with another's.
void expect_equal(const h5::Dataset& a, const h5::Dataset& b, const std::string& name) {
  ASSERT_EQ(a.dims(), b.dims()) << name;
  const h5::Handle type(H5Dget_type(a.id()), H5Tclose, "get a type");
  const h5::Handle other(H5Dget_type(b.id()), H5Tclose, "get a type");
  ASSERT_GT(H5Tequal(type.get(), other.get()), 0) << name;
  const auto layout = [](const h5::Dataset& dataset) {
    const h5::Handle made(H5Dget_create_plist(dataset.id()), H5Pclose, "get properties");
    h5::Dims chunk(8);
    if (H5Pget_layout(made.get()) == H5D_CHUNKED) H5Pget_chunk(made.get(), 8, chunk.data());
    return std::tuple(H5Pget_layout(made.get()), H5Pget_nfilters(made.get()), chunk);
  };
  EXPECT_EQ(layout(a), layout(b)) << name;
  for (const auto* attribute : {"description", "unit", "type", "extent", "layout"})
    EXPECT_EQ(a.attribute_or(attribute, "none"), b.attribute_or(attribute, "none")) << name;
  std::size_t size = H5Tget_size(type.get());
  for (const auto extent : a.dims()) size *= extent;
  Bytes left(size);
  Bytes right(size);
  if (size == 0) return;
  a.read_into(type.get(), left.data());
  b.read_into(type.get(), right.data());
  EXPECT_TRUE(left == right) << name;
}

void expect_equal(const h5::Group& a, const h5::Group& b, const std::string& path) {
  ASSERT_EQ(a.members(), b.members()) << path;
  for (const auto* attribute : {"task", "fields"})
    EXPECT_EQ(a.attribute_or(attribute, "none"), b.attribute_or(attribute, "none")) << path;
  for (const auto* number : {"version", "rows"}) {
    ASSERT_EQ(a.has_attribute(number), b.has_attribute(number)) << path;
    if (!a.has_attribute(number)) continue;
    EXPECT_EQ(a.number<std::int64_t>(number), b.number<std::int64_t>(number)) << path;
  }
  for (const auto& name : a.members()) {
    if (a.is_group(name)) {
      expect_equal(a.open_group(name), b.open_group(name), path + "/" + name);
    } else {
      expect_equal(a.open_dataset(name), b.open_dataset(name), path + "/" + name);
    }
  }
}

/// That a packed file holds `rows`, in this order, as a segment made in memory would.
void expect_packed(const fs::path& packed, const std::vector<Row>& rows) {
  SegmentWriter writer{Origin{}};
  const auto origin = writer.add_origin(sample_origin());
  for (const auto& row : rows) add(writer, row, origin);
  const auto bytes = writer.finish({});
  const auto header = parse_segment_header(bytes);
  EXPECT_EQ(read_segment_header(packed).rows, header.rows);
  const auto expected = h5::File::from_image(ByteView(bytes).subspan(header.header_bytes), "expected");
  const auto file = h5::File::open(packed);
  EXPECT_EQ(file.root().attribute("format"), expected.root().attribute("format"));
  for (const auto* group : {"origins", "tasks"})
    expect_equal(file.root().open_group(group), expected.root().open_group(group), group);
}

TEST_F(Pack, MakesWhatASegmentInMemoryWouldBe) {
  const auto rows = all_kinds(300);
  store(rows, 7, 1);
  const auto verified = verify(run());
  // All at once; a few rows at a time; one.
  for (const std::size_t block_bytes : {std::size_t{1} << 30U, std::size_t{2000}, std::size_t{1}}) {
    const auto packed = pack(run(), target(), local_file_system(), block_bytes);
    EXPECT_EQ(packed.rows, rows.size());
    EXPECT_EQ(packed.digest, verified.digest);
    expect_packed(target(), rows);
    const auto again = verify(target());
    EXPECT_TRUE(again.sound());
    EXPECT_EQ(again.digest, verified.digest);
    EXPECT_FALSE(fs::exists(temporary()));
  }
}

TEST_F(Pack, HoldsColumnsOfManyChunks) {
  std::vector<Row> rows;
  for (std::uint64_t i = 0; i < 100'000; ++i)
    rows.push_back({&small_task(), encode(Small{i}), encode(Value{0.5 * static_cast<double>(i)})});
  store(rows, 3, 1);
  pack(run(), target(), local_file_system(), 1'000'000);
  expect_packed(target(), rows);
}

TEST_F(Pack, DoesNotDependOnHowRowsWereSpread) {
  const auto rows = all_kinds(40);
  store(rows, 1, 1);
  pack(run(), folder_ / "one.h5");
  fs::remove_all(run() / "segments");
  fs::create_directories(run() / "segments");
  store(rows, 9, 2);
  pack(run(), folder_ / "nine.h5");
  EXPECT_EQ(read_file(folder_ / "one.h5"), read_file(folder_ / "nine.h5"));
}

TEST_F(Pack, OfARunWithoutResultsIsAFineSegment) {
  EXPECT_EQ(pack(run(), target()).rows, 0U);
  EXPECT_TRUE(verify(target()).sound());
  EXPECT_EQ(h5::File::open(target()).root().open_dataset("job/toml").read_strings(),
            std::vector<std::string>{"paper = \"tiny\"\n"});
}

TEST_F(Pack, SortsByInputsAsNumbersWithNoNumberLast) {
  const auto nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<Row> rows{at(-10),     at(-2),     at(0.5), at(9),   at(9, "a"),
                              at(9, "ab"), at(9, "b"), at(10),  at(nan), at(nan, "a")};
  store(rows, 2, 3);
  pack(run(), target());
  expect_packed(target(), rows);
}

TEST_F(Pack, TakesRowsThatAreStoredTwiceOnce) {
  const auto rows = all_kinds(10);
  store(rows, 2, 1);
  store(rows, 3, 2);
  const auto packed = pack(run(), target());
  EXPECT_EQ(packed.repeated, rows.size());
  expect_packed(target(), rows);
}

TEST_F(Pack, RefusesADamagedRunAndLeavesWhatWasThere) {
  store(all_kinds(10), 2, 1);
  pack(run(), target());
  const auto before = read_file(target());
  const auto segment = run() / "segments" / sample_header(1).file_name();
  auto bytes = read_file(segment);
  bytes[bytes.size() / 2] ^= std::byte{1};
  local_file_system().write(segment, bytes);
  EXPECT_THROW(pack(run(), target()), Error);
  EXPECT_EQ(read_file(target()), before);
  EXPECT_FALSE(fs::exists(temporary()));
}

TEST_F(Pack, FailingAtAnyStepLeavesWhatWasThereAndNothingElse) {
  store(all_kinds(9), 2, 1);
  local_file_system().write(target(), bytes_of("an earlier one"));
  std::size_t failures = 0;
  for (std::size_t at = 1;; ++at) {
    FaultyFileSystem files(folder_.path());
    files.arm(FaultyFileSystem::Fault::error, at);
    try {
      pack(run(), target(), files);
      EXPECT_FALSE(files.went_wrong());
      break;
    } catch (const Error& error) {
      ASSERT_THAT(error.what(), testing::HasSubstr("No space left on device")) << at;
      ++failures;
    }
    EXPECT_FALSE(fs::exists(temporary())) << at;
    // The last step makes the new name durable: only after it the new file is promised.
    if (text_of(read_file(target())) == "an earlier one") continue;
    EXPECT_TRUE(verify(target()).sound()) << at;
    local_file_system().write(target(), bytes_of("an earlier one"));
  }
  EXPECT_GT(failures, 10U);
  expect_packed(target(), all_kinds(9));
}

TEST_F(Pack, KilledAtAnyStepLeavesTheOldOrTheNewFileAndTheNextOneTidies) {
  store(all_kinds(3), 1, 1);
  for (std::size_t at = 1;; ++at) {
    local_file_system().write(target(), bytes_of("an earlier one"));
    FaultyFileSystem files(folder_.path());
    files.arm(FaultyFileSystem::Fault::stop, at);
    try {
      pack(run(), target(), files);
      break;
    } catch (const Crash&) {
    }
    files.lose_power(FaultyFileSystem::Loss::some, at);
    const bool replaced = text_of(read_file(target())) != "an earlier one";
    EXPECT_TRUE(!replaced || verify(target()).sound()) << at;
    pack(run(), target());
    EXPECT_TRUE(verify(target()).sound());
    EXPECT_FALSE(fs::exists(temporary()));
  }
}

}  // namespace
}  // namespace reprise
