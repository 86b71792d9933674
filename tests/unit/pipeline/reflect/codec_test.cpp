#include "pipeline/reflect/codec.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "tests/unit/pipeline/reflect/sample_rows.hpp"

namespace reprise {
namespace {

using samples::Everything;
using samples::everything;
using samples::Point;
using samples::Shape;
using samples::Small;

std::string hex(ByteView bytes) {
  std::string text;
  for (const auto byte : bytes) text += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
  return text;
}

struct Brief {
  bool flag = false;
  std::int32_t number = 0;
  std::string text;
  Shape shape = Shape::round;
  std::vector<std::uint32_t> list;
  NdArray<float> array{{0}, {}};
  Point nested;
};
constexpr auto fields(const Brief*) {
  return std::tuple{field("flag", &Brief::flag, ""),    field("number", &Brief::number, ""),
                    field("text", &Brief::text, ""),    field("shape", &Brief::shape, ""),
                    field("list", &Brief::list, ""),    field("array", &Brief::array, ""),
                    field("nested", &Brief::nested, "")};
}

TEST(Codec, EveryFieldTypeSurvivesARoundTrip) {
  for (std::uint64_t i = 0; i < 200; ++i) {
    const auto row = everything(i, i % 5 == 0);
    EXPECT_EQ(decode<Everything>(encode(row)), row) << i;
  }
}

TEST(Codec, ExtremeNumbersKeepTheirBits) {
  Everything row;
  row.i32 = std::numeric_limits<std::int32_t>::min();
  row.i64 = std::numeric_limits<std::int64_t>::min();
  row.u64 = std::numeric_limits<std::uint64_t>::max();
  row.f64 = -0.0;
  row.f32 = std::numeric_limits<float>::denorm_min();
  row.nested.x = std::nan("17");
  const auto back = decode<Everything>(encode(row));
  EXPECT_EQ(back.i32, row.i32);
  EXPECT_EQ(back.i64, row.i64);
  EXPECT_EQ(back.u64, row.u64);
  EXPECT_TRUE(std::signbit(back.f64));
  EXPECT_EQ(back.f32, row.f32);
  EXPECT_EQ(std::bit_cast<std::uint64_t>(back.nested.x), std::bit_cast<std::uint64_t>(row.nested.x));
}

TEST(Codec, TextMayHoldZerosAndAnyBytes) {
  Everything row;
  row.text = std::string("a\0b\xff", 4);
  EXPECT_EQ(decode<Everything>(encode(row)).text, row.text);
}

// Keys are hashes of these bytes: if this test fails, every stored result of every run is orphaned.
TEST(Codec, CanonicalBytesAreLittleEndianUnpaddedAndCounted) {
  const Brief row{true, -2, "ab", Shape::square, {1, 2}, {{1, 2}, {1.0F, -1.0F}}, {1.0, 0.5F}};
  EXPECT_EQ(hex(encode(row)),
            "01"                                                // flag
            "feffffff"                                          // number
            "02000000000000006162"                              // text: count, bytes
            "07000000"                                          // shape: i32
            "02000000000000000100000002000000"                  // list: count, values
            "020000000000000001000000000000000200000000000000"  // array: rank, shape
            "0000803f000080bf"                                  // its values
            "000000000000f03f0000003f");                        // nested: its fields
}

TEST(Codec, AnArrayOfRankZeroHasOneValue) {
  Brief row;
  row.array = {{}, {3.0F}};
  const auto back = decode<Brief>(encode(row));
  EXPECT_TRUE(back.array.shape.empty());
  EXPECT_THAT(back.array.values, testing::ElementsAre(3.0F));
}

TEST(Codec, AnArrayWhoseShapeDoesNotFitItsValuesIsRefused) {
  Brief row;
  row.array = {{2, 2}, {1.0F}};
  EXPECT_THROW(encode(row), std::logic_error);
}

TEST(Codec, EveryTruncationIsDamage) {
  const auto bytes = encode(everything(11));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THROW(decode<Everything>(ByteView(bytes).first(size)), DamagedFile) << size;
  }
  auto longer = bytes;
  longer.push_back(std::byte{0});
  EXPECT_THROW(decode<Everything>(longer), DamagedFile);
}

TEST(Codec, AnEnumerationOfUnknownValueIsDamage) {
  auto bytes = encode(Brief{});
  bytes[1 + 4 + 8] = std::byte{5};
  EXPECT_THROW(decode<Brief>(bytes), DamagedFile);
}

TEST(Codec, HugeCountsAreDamageBeforeAnythingIsAllocated) {
  for (const std::uint64_t count : {std::uint64_t{1} << 62U, ~std::uint64_t{0}, std::uint64_t{1} << 40U}) {
    Bytes bytes;
    append_value(bytes, std::uint8_t{0});
    append_value(bytes, std::int32_t{0});
    append_value(bytes, count);
    EXPECT_THROW(decode<Brief>(bytes), DamagedFile);
  }
  Bytes array = encode(Brief{});
  array.resize(1 + 4 + 8 + 4 + 8);  // up to the array
  append_value(array, std::uint64_t{3});
  for (int i = 0; i < 3; ++i) append_value(array, std::uint64_t{1} << 32U);
  append_value(array, Point{});
  EXPECT_THROW(decode<Brief>(array), DamagedFile);
}

TEST(Codec, AProductOfExtentsWithAZeroInItIsNoOverflow) {
  Brief row;
  row.array.shape = {std::uint64_t{1} << 63U, 0, std::uint64_t{1} << 63U};
  const auto bytes = [&] {
    Bytes made = encode(Brief{});
    made.resize(1 + 4 + 8 + 4 + 8);
    append_value(made, std::uint64_t{3});
    for (const auto extent : row.array.shape) append_value(made, extent);
    append_value(made, 0.0);
    append_value(made, 0.0F);
    return made;
  }();
  try {
    EXPECT_TRUE(decode<Brief>(bytes).array.values.empty());
  } catch (const DamagedFile&) {
    SUCCEED();
  }
}

// 60,000 mutations of valid rows with a fixed seed: each decodes to something, or is damage; nothing else may
// happen.
TEST(Codec, RandomMutationsAreDamageOrAnotherValue) {
  std::mt19937_64 random(2024);
  std::size_t damaged = 0;
  for (int round = 0; round < 60'000; ++round) {
    auto bytes = encode(everything(random() % 40));
    for (auto changes = 1 + random() % 4; changes > 0; --changes) {
      bytes[random() % bytes.size()] = static_cast<std::byte>(random());
    }
    if (random() % 3 == 0) bytes.resize(random() % (bytes.size() + 1));
    try {
      const auto value = decode<Everything>(bytes);
      EXPECT_EQ(decode<Everything>(encode(value)).text, value.text);
    } catch (const DamagedFile&) {
      ++damaged;
    }
    try {
      ByteReader reader(bytes);
      for (const auto& column : schema_of<Everything>()) take_field(reader, column);
      show_row(bytes, schema_of<Everything>());
    } catch (const DamagedFile&) {
    }
  }
  EXPECT_GT(damaged, 10'000U);
  EXPECT_LT(damaged, 60'000U);
}

TEST(Codec, ARowIsWalkedByItsSchemaAlone) {
  const auto row = everything(10);
  const auto bytes = encode(row);
  ByteReader reader(bytes);
  for (const auto& column : schema_of<Everything>()) {
    const auto field = take_field(reader, column);
    if (column.name == "nested.x") {
      double x = 0;
      std::memcpy(&x, field.elements.data(), sizeof(x));
      EXPECT_EQ(x, row.nested.x);
    }
    if (column.name == "text") {
      EXPECT_EQ(text_of(field.elements), row.text);
    }
  }
  EXPECT_TRUE(reader.empty());
}

TEST(ShowRow, WritesEveryKindOfField) {
  const Brief row{true, -2, "ab", Shape::square, {1, 2, 3, 4, 5}, {{1}, {1.5F}}, {1.0, 0.5F}};
  EXPECT_EQ(show_row(encode(row), schema_of<Brief>()),
            "flag = true, number = -2, text = \"ab\", shape = square, list = [1, 2, 3, 4, ... 5 values], "
            "array = [1.5], nested.x = 1, nested.y = 0.5");
}

TEST(ShowRow, CutsLongRows) {
  const Brief row{true, -2, std::string(1000, 'a'), Shape::square, {}, {{0}, {}}, {}};
  EXPECT_EQ(show_row(encode(row), schema_of<Brief>(), 30).size(), 34U);
  EXPECT_TRUE(show_row(encode(row), schema_of<Brief>(), 30).ends_with(" ..."));
}

}  // namespace
}  // namespace reprise
