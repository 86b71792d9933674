#include "pipeline/report/published_store.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "pipeline/base/errors.hpp"
#include "pipeline/store/h5_file.hpp"

namespace reprise {
namespace {

using testing::ElementsAre;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
using Numbers = std::vector<double>;
using Words = std::vector<std::string>;

Published rich() {
  Published published{"main", "Phase diagram ⟨α⟩", "A paragraph.", 3, true};
  published.notes = {"first", "second — with a dash"};
  published.layout = {"z_table", "curve"};
  published.tables = {{"z_table",
                       "Title",
                       "Caption",
                       {{"z", "ζ", "nat", Role::theory, Numbers{1, kNaN, 3}},
                        {"a", "A", "", Role::verdict, Words{"yes", "", "not tested"}},
                        {"m",
                         "M",
                         "σ",
                         Role::measured,
                         Numbers{1, 2, 3},
                         {0.1, 0.2, kNaN},
                         6,
                         {Emphasis::tied, Emphasis::none, Emphasis::best}}}},
                      {"a_table", "No rows yet", "", {{"n", "n", "", Role::parameter, Numbers{}}}}};
  Panel panel{"panel", {"h", "σ", true, 0.5, std::nullopt, {{1, "one"}, {2, "two"}}}, {"y", "nat"}, {}};
  panel.series = {{"band", SeriesStyle::band, {1, 2}, {0, 1}, {}, {2, 3}, 4},
                  {"", SeriesStyle::error_bars, {1, 2}, {0.5, kNaN}, {0.1, 0.2}}};
  panel.marks = {{1.5, "h_G"}, {0, "limit", false}};
  panel.annotations = {{1, 2, "CLT"}};
  published.figures = {{"curve", "Curve", "Caption", {panel, Panel{"empty", {}, {}, {}}}, 2}};
  published.claims = {{"P10", "later", "?", "", "x > 0", "any"},
                      {"P2", "sooner", "1", "abstract", "x < 0", "d ≥ 100"}};
  published.findings = {{"P2", "1.2", 1.2, 0.1, Verdict::reproduced, "remark", "table z_table"}};
  published.findings.emplace_back().claim = "P10";
  return published;
}

struct Stored {
  h5::File file;
  Published published;
};

Stored store_and_read(const Published& published) {
  h5::Image image;
  write_published(image.root().create_group("published/main"), published);
  auto file = h5::File::from_image(image.finish(), "test");
  auto read = read_published(file.root().open_group("published/main"));
  return {std::move(file), std::move(read)};
}

TEST(PublishedStore, KeepsTables) {
  const auto written = rich();
  const auto [file, read] = store_and_read(written);
  ASSERT_EQ(read.tables.size(), 2U);
  EXPECT_EQ(read.tables[0].id, "z_table");
  EXPECT_EQ(read.tables[0].caption, "Caption");
  ASSERT_EQ(read.tables[0].columns.size(), 3U);
  const auto& columns = read.tables[0].columns;
  EXPECT_EQ(columns[0].name, "z");
  EXPECT_EQ(columns[0].label, "ζ");
  EXPECT_EQ(columns[0].unit, "nat");
  EXPECT_EQ(columns[0].role, Role::theory);
  EXPECT_TRUE(std::isnan(std::get<Numbers>(columns[0].values)[1]));
  EXPECT_THAT(std::get<Words>(columns[1].values), ElementsAre("yes", "", "not tested"));
  EXPECT_EQ(columns[2].digits, 6);
  EXPECT_EQ(columns[2].standard_error[1], 0.2);
  EXPECT_THAT(columns[2].emphasis, ElementsAre(Emphasis::tied, Emphasis::none, Emphasis::best));
  EXPECT_TRUE(columns[1].emphasis.empty());
  EXPECT_TRUE(std::get<Numbers>(read.tables[1].columns[0].values).empty());
}

TEST(PublishedStore, KeepsFigures) {
  const auto [file, read] = store_and_read(rich());
  ASSERT_EQ(read.figures.size(), 1U);
  const auto& figure = read.figures[0];
  EXPECT_EQ(figure.panels_across, 2);
  ASSERT_EQ(figure.panels.size(), 2U);
  const auto& panel = figure.panels[0];
  EXPECT_TRUE(panel.x.log);
  EXPECT_EQ(panel.x.from, 0.5);
  EXPECT_FALSE(panel.x.to.has_value());
  EXPECT_EQ(panel.x.ticks[1].label, "two");
  ASSERT_EQ(panel.series.size(), 2U);
  EXPECT_EQ(panel.series[0].style, SeriesStyle::band);
  EXPECT_EQ(panel.series[0].colour, 4);
  EXPECT_THAT(panel.series[0].upper, ElementsAre(2, 3));
  EXPECT_THAT(panel.series[1].error, ElementsAre(0.1, 0.2));
  EXPECT_EQ(panel.series[1].colour, -1);
  EXPECT_FALSE(panel.marks[1].vertical);
  EXPECT_EQ(panel.annotations[0].text, "CLT");
}

TEST(PublishedStore, KeepsClaimsAndFindingsInTheirOrder) {
  const auto [file, read] = store_and_read(rich());
  EXPECT_EQ(read.title, "Phase diagram ⟨α⟩");
  EXPECT_EQ(read.order, 3);
  EXPECT_TRUE(read.complete);
  EXPECT_THAT(read.notes, ElementsAre("first", "second — with a dash"));
  EXPECT_THAT(read.layout, ElementsAre("z_table", "curve"));
  ASSERT_EQ(read.claims.size(), 2U);
  EXPECT_EQ(read.claims[0].id, "P10");
  EXPECT_EQ(read.claims[1].scale, "d ≥ 100");
  ASSERT_EQ(read.findings.size(), 2U);
  EXPECT_EQ(read.findings[0].verdict, Verdict::reproduced);
  EXPECT_EQ(read.findings[0].rows, "table z_table");
  EXPECT_EQ(read.findings[1].verdict, Verdict::not_tested);
  EXPECT_TRUE(std::isnan(read.findings[1].value));
}

TEST(PublishedStore, ReadsTheSameWithoutOurCode) {
  const auto [file, read] = store_and_read(rich());
  const auto table = file.root().open_group("published/main/tables/z_table");
  EXPECT_EQ(table.open_dataset("m").attribute("unit"), "σ");
  EXPECT_EQ(table.open_dataset("m").attribute("role"), "measured");
  EXPECT_EQ(table.open_dataset("m_standard_error").read<double>()[0], 0.1);
}

TEST(PublishedStore, KeepsNothingAtAll) {
  const auto [file, read] = store_and_read({});
  EXPECT_TRUE(read.tables.empty());
  EXPECT_FALSE(read.complete);
}

TEST(PublishedStore, RefusesIdentifiersThatAreNone) {
  const h5::Image image;
  auto published = rich();
  published.tables[1].id = "z_table";
  EXPECT_THROW(write_published(image.root().create_group("twice"), published), std::invalid_argument);
  published.tables[1].id = "a/b";
  EXPECT_THROW(write_published(image.root().create_group("slash"), published), std::invalid_argument);
  published = rich();
  published.tables[0].columns[0].name = "m_standard_error";
  EXPECT_THROW(write_published(image.root().create_group("clash"), published), std::invalid_argument);
  published.tables[0].columns[0].name = "m_emphasis";
  EXPECT_THROW(write_published(image.root().create_group("stands_out"), published), std::invalid_argument);
}

TEST(PublishedStore, SaysWhatIsDamaged) {
  const h5::Image image;
  const auto group = image.root().create_group("main");
  write_published(group, rich());
  group.open_group("findings/P2").set_attribute("verdict", "perhaps");
  EXPECT_THROW(read_published(group), DamagedFile);
}

}  // namespace
}  // namespace reprise
