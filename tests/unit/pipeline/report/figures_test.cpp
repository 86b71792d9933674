#include "pipeline/report/figures.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <limits>

#include "pipeline/report/figure_script.hpp"
#include "pipeline/report/gnuplot.hpp"
#include "pipeline/report/palette.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace reprise::reporting {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Figure hostile_figure() {
  const std::string label = "it's `touch pwned` @x \"q\" <b>&\n'; system('touch pwned')";
  Panel panel{label, {label, label, true}, {label, label, true}, {}};
  for (const auto style :
       {SeriesStyle::line, SeriesStyle::dashed, SeriesStyle::dotted, SeriesStyle::points,
        SeriesStyle::error_bars, SeriesStyle::steps, SeriesStyle::band, SeriesStyle::bars}) {
    panel.series.push_back({label,
                            style,
                            {0, 1, 10, 100},
                            {-1, 2, std::numeric_limits<double>::quiet_NaN(), 3},
                            {1, 3, 1, 1},
                            {1, 4, 5, 6}});
  }
  panel.marks = {{5, label}, {2, label, false}, {-1, label}};
  panel.annotations = {{10, 2, label}, {-1, 0, label}};
  return {"hostile", label, label, {panel, Panel{}}, 2};
}

class Figures : public testing::Test {
 protected:
  void SetUp() override {
    if (std::system("gnuplot --version > /dev/null 2>&1") != 0) GTEST_SKIP() << "gnuplot is not installed";
  }
  samples::TemporaryFolder temporary_;
  fs::path folder_ = temporary_.path();
};

TEST_F(Figures, AnyTextAndAnyDataAreDrawn) {
  const auto figure = hostile_figure();
  const auto drawn = draw_figures({{"hostile", &figure}}, folder_);
  ASSERT_EQ(drawn.size(), 1U);
  EXPECT_EQ(drawn[0].problem, "");
  ASSERT_EQ(drawn[0].panels.size(), 2U);
  EXPECT_THAT(drawn[0].panels[0], HasSubstr("&lt;b&gt;&amp;"));
  EXPECT_THAT(drawn[0].panels[0], HasSubstr("var(--series-0)"));
  EXPECT_THAT(drawn[0].panels[0], Not(HasSubstr("rgb(")));
  EXPECT_GT(fs::file_size(folder_ / "hostile.pdf"), 1000U);
  std::vector<std::string> names;
  for (const auto& each : fs::directory_iterator(folder_)) names.push_back(each.path().filename().string());
  EXPECT_THAT(names, testing::UnorderedElementsAre("hostile.svg", "hostile.pdf"));
}

TEST_F(Figures, DrawingTwiceGivesTheSame) {
  const auto figure = hostile_figure();
  const std::vector<NamedFigure> named{{"hostile", &figure}};
  EXPECT_EQ(draw_figures(named, folder_)[0].panels, draw_figures(named, folder_)[0].panels);
}

TEST(FiguresWithoutGnuplot, HaveAProblemThatSaysWhatToInstall) {
  const auto figure = hostile_figure();
  const samples::TemporaryFolder folder;
  const auto drawn = draw_figures({{"hostile", &figure}}, folder / "drawn", "no-such-gnuplot");
  EXPECT_THAT(drawn[0].panels, IsEmpty());
  EXPECT_THAT(drawn[0].problem, HasSubstr("apt-get install gnuplot-nox"));
}

TEST(SeriesColours, ALabelHasOneColourInAllPanels) {
  const Series theory{"theory", SeriesStyle::line, {}, {}};
  const Series measured{"measured", SeriesStyle::points, {}, {}};
  const Series chosen{"chosen", SeriesStyle::line, {}, {}, {}, {}, 0};
  const Figure figure{
      "f", "", "", {Panel{"", {}, {}, {theory, measured}}, Panel{"", {}, {}, {measured, chosen, theory}}}};
  EXPECT_THAT(series_colours(figure), ElementsAre(ElementsAre(1, 2), ElementsAre(2, 0, 1)));
}

TEST(FigureLegend, IsSharedWhereAllPanelsHaveTheSame) {
  const Series theory{"theory", SeriesStyle::line, {}, {}};
  Figure figure{"f", "", "", {Panel{"", {}, {}, {theory}}, Panel{"", {}, {}, {theory}}}};
  EXPECT_EQ(plan_figure(figure).legend.shared.size(), 1U);
  figure.panels[1].series[0].style = SeriesStyle::dashed;
  EXPECT_TRUE(plan_figure(figure).legend.shared.empty());
}

}  // namespace
}  // namespace reprise::reporting
