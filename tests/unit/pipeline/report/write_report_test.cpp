#include "pipeline/report/write_report.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "pipeline/base/errors.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace reprise {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string contents(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

Report small_report(const std::string& title) {
  Published published{"main", "Experiment", "", 1, false};
  published.tables = {
      {"bits", "Bits", "18 of 20", {{"n", "n", "", Role::measured, std::vector<double>{1, 2}}}}};
  Panel panel{"", {"n", ""}, {"risk", "nat"}, {{"measured", SeriesStyle::points, {1, 2}, {3, 4}}}};
  published.figures = {{"risk", "Risk", "", {panel}}};
  published.claims = {{"P1", "It holds.", "1", "", "x", "paper"}};
  RunReport run;
  run.paper.id = "kde";
  run.scale = "smoke";
  run.stages = {{"main", "kde.draw", {3, 1, 2, 0}, 0.5}};
  run.experiments = {published};
  return {title, {run}, "now", "reprise"};
}

class WriteReport : public testing::Test {
 protected:
  std::vector<std::string> members() const {
    std::vector<std::string> names;
    for (const auto& each : fs::directory_iterator(folder_)) names.push_back(each.path().filename().string());
    return names;
  }

  samples::TemporaryFolder temporary_;
  fs::path folder_ = temporary_.path();
};

/// No program of this name is anywhere.
const ReportOptions kNoGnuplot{"no-such-gnuplot"};

TEST_F(WriteReport, WithoutGnuplotItComesWithoutFiguresAndSaysSo) {
  const auto problems = write_report(small_report("First"), folder_ / "out", kNoGnuplot);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_THAT(problems[0], HasSubstr("1 of 1 figures not drawn"));
  EXPECT_THAT(problems[0], HasSubstr("apt-get install gnuplot-nox"));
  const auto page = contents(folder_ / "out" / "index.html");
  EXPECT_THAT(page, HasSubstr("apt-get install gnuplot-nox"));
  EXPECT_THAT(contents(folder_ / "out" / "report.md"), HasSubstr("apt-get install gnuplot-nox"));
  EXPECT_TRUE(fs::exists(folder_ / "out" / "tables" / "kde-smoke-main-bits.csv"));
  EXPECT_TRUE(fs::exists(folder_ / "out" / "tables" / "kde-smoke-main-bits.tex"));
}

TEST_F(WriteReport, SaysThatARunIsUnfinishedAndAtSmokeScale) {
  write_report(small_report("First"), folder_ / "out", kNoGnuplot);
  for (const char* file : {"index.html", "report.md"}) {
    const auto text = contents(folder_ / "out" / file);
    EXPECT_THAT(text, HasSubstr("of 6 tasks known so far, 3 done, 1 failed, 2 not run, 0 set aside")) << file;
    EXPECT_THAT(text, HasSubstr("do not speak for the paper")) << file;
    EXPECT_THAT(text, HasSubstr("not tested at this scale")) << file;
  }
}

TEST_F(WriteReport, ReplacesAnOlderReportAndLeavesNothingBeside) {
  write_report(small_report("First"), folder_ / "out", kNoGnuplot);
  write_report(small_report("Second"), folder_ / "out", kNoGnuplot);
  EXPECT_THAT(contents(folder_ / "out" / "index.html"), HasSubstr("<title>Second</title>"));
  EXPECT_THAT(members(), ElementsAre("out"));
}

TEST_F(WriteReport, RefusesFoldersWithOtherFiles) {
  fs::create_directories(folder_ / "out");
  std::ofstream(folder_ / "out" / "thesis.tex") << "years of work";
  EXPECT_THROW(write_report(small_report("x"), folder_ / "out", kNoGnuplot), UsageError);
  EXPECT_EQ(contents(folder_ / "out" / "thesis.tex"), "years of work");
}

TEST_F(WriteReport, RefusesFiles) {
  std::ofstream(folder_ / "out") << "a file";
  EXPECT_THROW(write_report(small_report("x"), folder_ / "out", kNoGnuplot), UsageError);
  EXPECT_THROW(write_report(small_report("x"), folder_ / "out" / "below", kNoGnuplot), Error);
}

TEST_F(WriteReport, TakesAnEmptyFolderAndMakesParents) {
  fs::create_directories(folder_ / "empty");
  write_report(small_report("x"), folder_ / "empty/", kNoGnuplot);
  write_report(small_report("x"), folder_ / "a" / "b", kNoGnuplot);
  EXPECT_TRUE(fs::exists(folder_ / "empty" / "index.html"));
  EXPECT_TRUE(fs::exists(folder_ / "a" / "b" / "index.html"));
}

TEST_F(WriteReport, PagesOfTheSameReportAreTheSame) {
  write_report(small_report("x"), folder_ / "a", kNoGnuplot);
  write_report(small_report("x"), folder_ / "b", kNoGnuplot);
  EXPECT_EQ(contents(folder_ / "a" / "index.html"), contents(folder_ / "b" / "index.html"));
}

}  // namespace
}  // namespace reprise
