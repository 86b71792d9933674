#include "pipeline/store/columns.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/store/h5_file.hpp"
#include "tests/unit/pipeline/reflect/sample_rows.hpp"

namespace reprise {
namespace {

using samples::Everything;
using samples::everything;

struct Written {
  Bytes image;
  std::size_t rows = 0;
};

template <class T>
Written write(const std::vector<T>& rows) {
  ColumnsWriter writer(schema_of<T>());
  for (const auto& row : rows) writer.add(encode(row));
  h5::Image image;
  writer.write(image.root().create_group("table"));
  return {image.finish(), rows.size()};
}

template <class T>
std::vector<T> read(const Written& written, std::size_t first, std::size_t count) {
  const auto file = h5::File::from_image(written.image, "columns");
  const ColumnsReader reader(file.root().open_group("table"), written.rows);
  EXPECT_EQ(reader.schema(), schema_of<T>());
  std::vector<T> rows;
  for (const auto& row : reader.read(first, count)) rows.push_back(decode<T>(row));
  return rows;
}

std::vector<Everything> series(std::size_t count, bool uniform) {
  std::vector<Everything> rows;
  for (std::size_t i = 0; i < count; ++i) rows.push_back(everything(i, uniform));
  return rows;
}

TEST(Columns, RowsOfVaryingShapesSurvive) {
  const auto rows = series(50, false);
  EXPECT_EQ(read<Everything>(write(rows), 0, 50), rows);
}

TEST(Columns, RowsOfOneShapeSurvive) {
  const auto rows = series(50, true);
  EXPECT_EQ(read<Everything>(write(rows), 0, 50), rows);
}

TEST(Columns, ATableWithoutRowsKeepsItsSchema) {
  EXPECT_TRUE(read<Everything>(write(series(0, false)), 0, 0).empty());
}

TEST(Columns, TablesOfManyChunksSurvive) {
  for (const bool uniform : {false, true}) {
    const auto rows = series(40'000, uniform);
    EXPECT_TRUE(read<Everything>(write(rows), 0, rows.size()) == rows);
  }
}

TEST(Columns, AnyRangeOfRowsCanBeRead) {
  for (const bool uniform : {false, true}) {
    const auto rows = series(12, uniform);
    const auto written = write(rows);
    for (std::size_t first = 0; first <= 12; ++first) {
      for (std::size_t count = 0; first + count <= 12; ++count) {
        const auto part = read<Everything>(written, first, count);
        ASSERT_TRUE(std::equal(part.begin(), part.end(), rows.begin() + static_cast<std::ptrdiff_t>(first)));
        ASSERT_EQ(part.size(), count);
      }
    }
  }
}

struct Text {
  std::string text;
  bool operator==(const Text&) const = default;
};
constexpr auto fields(const Text*) {
  return std::tuple{field("text", &Text::text, "a text")};
}

TEST(Columns, TextsOfAllKindsSurvive) {
  const std::vector<std::vector<Text>> tables{
      {{""}, {""}},
      {{"a"}, {""}, {"\u00e9\u4e2d"}},
      {{std::string("a\0b", 3)}, {std::string(1, '\0')}, {"end"}},
      {{"trailing"}, {std::string("zero\0", 5)}},
  };
  for (const auto& rows : tables) EXPECT_EQ(read<Text>(write(rows), 0, rows.size()), rows);
}

TEST(Columns, RowsOfManyChunksSurvive) {
  const std::vector<Text> rows{{std::string(700'000, 'x')}, {"short"}, {std::string(300'000, 'y')}};
  EXPECT_TRUE(read<Text>(write(rows), 0, rows.size()) == rows);
}

TEST(Columns, OneLongTextAmongManyDoesNotBlowUpTheTable) {
  std::vector<Text> rows(20'000, Text{"short"});
  rows[777].text = std::string(100'000, 'x');
  const auto written = write(rows);  // padded it would be 2 GB
  EXPECT_LT(written.image.size(), 1'000'000U);
  EXPECT_EQ(read<Text>(written, 776, 3), std::vector<Text>(rows.begin() + 776, rows.begin() + 779));
}

struct Arrays {
  std::vector<double> list;
  NdArray<std::int32_t> array;
  bool operator==(const Arrays&) const = default;
};
constexpr auto fields(const Arrays*) {
  return std::tuple{field("list", &Arrays::list, ""), field("array", &Arrays::array, "")};
}

TEST(Columns, EmptyAndScalarArraysSurvive) {
  const Arrays none{{}, {{0}, {}}};
  const Arrays plane{{}, {{0, 5}, {}}};
  const Arrays scalar{{1.5}, {{}, {7}}};
  const Arrays cube{{1, 2}, {{1, 2, 2}, {1, 2, 3, 4}}};
  for (const auto& rows : std::vector<std::vector<Arrays>>{{none},
                                                           {none, none},
                                                           {plane, plane},
                                                           {scalar, scalar},
                                                           {cube},
                                                           {none, plane, scalar, cube},
                                                           {cube, none}}) {
    EXPECT_EQ(read<Arrays>(write(rows), 0, rows.size()), rows);
  }
}

TEST(Columns, UniformArraysAreStoredWithTheirShapeAndOthersFlat) {
  const Arrays a{{1, 2}, {{1, 2}, {1, 2}}};
  const Arrays b{{1}, {{2, 2}, {1, 2, 3, 4}}};
  const auto uniform = write(std::vector<Arrays>{a, a, a});
  const auto flat = write(std::vector<Arrays>{a, b});
  const auto first = h5::File::from_image(uniform.image, "uniform");
  EXPECT_EQ(first.root().open_dataset("table/array").dims(), (h5::Dims{3, 1, 2}));
  EXPECT_EQ(first.root().open_dataset("table/list").dims(), (h5::Dims{3, 2}));
  EXPECT_EQ(first.root().open_dataset("table/array").attribute("layout"), "uniform");
  const auto second = h5::File::from_image(flat.image, "flat");
  EXPECT_EQ(second.root().open_dataset("table/array").dims(), h5::Dims{6});
  EXPECT_THAT(second.root().open_dataset("table/array.offsets").read<std::uint64_t>(),
              testing::ElementsAre(0, 2, 6));
  EXPECT_THAT(second.root().open_dataset("table/array.shapes").read<std::uint64_t>(),
              testing::ElementsAre(1, 2, 2, 2));
  EXPECT_THAT(second.root().open_dataset("table/array.shape_offsets").read<std::uint64_t>(),
              testing::ElementsAre(0, 2, 4));
}

TEST(Columns, DataSetsSayTheirUnitAndMeaning) {
  const auto written = write(series(3, true));
  const auto file = h5::File::from_image(written.image, "columns");
  const auto dataset = file.root().open_dataset("table/nested.x");
  EXPECT_EQ(dataset.attribute("unit"), "m");
  EXPECT_EQ(dataset.attribute("description"), "abscissa");
}

TEST(Columns, ARowThatIsNoneOfTheSchemaIsRefused) {
  ColumnsWriter writer(schema_of<Text>());
  auto row = encode(Text{"abc"});
  row.push_back(std::byte{0});
  EXPECT_THROW(writer.add(row), DamagedFile);
  EXPECT_THROW(ColumnsWriter(schema_of<Text>()).add(ByteView(row).first(4)), DamagedFile);
}

TEST(Columns, RowsThatTheLayoutHasNotSeenAreRefused) {
  ColumnsLayout layout(schema_of<Text>());
  layout.add(encode(Text{"abc"}));
  h5::Image image;
  ColumnsAppender columns(image.root().create_group("table"), layout);
  EXPECT_THROW(columns.finish(), std::logic_error);
  EXPECT_THROW(columns.add(encode(Text{"longer"})), std::logic_error);
  columns.add(encode(Text{"abc"}));
  columns.finish();
  columns.add(encode(Text{"abc"}));
  EXPECT_THROW(columns.finish(), std::logic_error);
}

TEST(Columns, AWrongNumberOfRowsIsDamage) {
  for (const bool uniform : {true, false}) {
    const auto written = write(series(5, uniform));
    const auto file = h5::File::from_image(written.image, "columns");
    EXPECT_THROW(ColumnsReader(file.root().open_group("table"), 6), DamagedFile);
    EXPECT_THROW(ColumnsReader(file.root().open_group("table"), 4), DamagedFile);
  }
}

}  // namespace
}  // namespace reprise
