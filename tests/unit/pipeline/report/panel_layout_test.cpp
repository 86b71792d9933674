#include "pipeline/report/panel_layout.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

namespace reprise::reporting {
namespace {

using testing::ElementsAre;

constexpr Box kCanvas{0, 0, 430, 300};

const PlacedText& find(const PanelLayout& layout, const std::string& text) {
  return *std::find_if(layout.texts.begin(), layout.texts.end(),
                       [&](const auto& each) { return each.text == text; });
}

Box box_of(const PlacedText& text) {
  const double width = text_width(text.text);
  return {text.x - width / 2, text.y - 7, width, 14};
}

bool inside(const Box& inner, const Box& outer) {
  return inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.width <= outer.x + outer.width + 1 &&
         inner.y + inner.height <= outer.y + outer.height + 1;
}

/// A curve that starts below a horizontal mark, crosses it and stays near it to the right end.
Panel crossing_panel() {
  Panel panel{"", {"h", "σ"}, {"y", "nat"}, {{"curve", SeriesStyle::line, {}, {}}}};
  for (int i = 0; i <= 150; ++i) {
    const double x = 3.0 * i / 150;
    panel.series[0].x.push_back(x);
    panel.series[0].y.push_back(x < 0.3 ? -0.3 + 2 * x : x < 1.8 ? 0.3 : -0.03);
  }
  panel.marks = {{0, "limit", false}};
  panel.annotations = {{0.01, -0.29, "condensed"}, {2.99, 0.29, "far right"}};
  return panel;
}

TEST(LayOut, WordsAtTheEdgeStayInsideTheAxes) {
  const auto layout = lay_out(crossing_panel(), kCanvas, false);
  for (const char* word : {"condensed", "far right"})
    EXPECT_TRUE(inside(box_of(find(layout, word)), layout.plot)) << word;
}

TEST(LayOut, NamesOfHorizontalMarksLeaveTheDataFree) {
  const auto panel = crossing_panel();
  const auto layout = lay_out(panel, kCanvas, false);
  const auto box = box_of(find(layout, "limit"));
  for (std::size_t i = 0; i < panel.series[0].x.size(); ++i) {
    const double x = layout.plot.x + layout.x.position(panel.series[0].x[i]) * layout.plot.width;
    const double y = layout.plot.y + (1 - layout.y.position(panel.series[0].y[i])) * layout.plot.height;
    EXPECT_FALSE(x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height) << "point " << i;
  }
}

TEST(LayOut, NamesOfCloseMarksGetRowsOfTheirOwn) {
  auto panel = crossing_panel();
  panel.marks = {{1.0, "h_CLT (first)"}, {1.05, "h_G (second)"}};
  const auto layout = lay_out(panel, kCanvas, false);
  EXPECT_GE(std::abs(find(layout, "h_CLT (first)").y - find(layout, "h_G (second)").y), kLineHeight);
}

TEST(Wrap, BreaksAtSpacesOnly) {
  EXPECT_THAT(wrap("one two three", text_width("one two")), ElementsAre("one two", "three"));
  EXPECT_THAT(wrap("unbreakable", 10), ElementsAre("unbreakable"));
  EXPECT_TRUE(wrap("", 10).empty());
}

}  // namespace
}  // namespace reprise::reporting
