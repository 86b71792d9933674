#include "pipeline/report/table_text.hpp"

#include <gmock/gmock.h>

#include <limits>

#include "pipeline/report/markdown.hpp"

namespace reprise::reporting {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Table accuracy() {
  return {"accuracy",
          "Accuracy & loss",
          "Mean of 18 of 20.",
          {{"method", "Method", "", Role::parameter, std::vector<std::string>{"plain", "a,\"b\"|c"}},
           {"published", "Top-1", "%", Role::published, std::vector<double>{95.2, kNaN}},
           {"top1", "Top-1", "%", Role::measured, std::vector<double>{95.1234, 1.0 / 3}, {0.21, kNaN}}}};
}

TEST(CsvTable, HasAllDigitsAndColumnsOfErrors) {
  EXPECT_EQ(csv_table(accuracy()),
            "method,published,top1,top1_standard_error\r\n"
            "plain,95.2,95.1234,0.21\r\n"
            "\"a,\"\"b\"\"|c\",,0.3333333333333333,\r\n");
}

TEST(MarkdownTable, AlignsNumbersAndNamesRoles) {
  EXPECT_EQ(markdown_table(accuracy()),
            "| Method | Top-1 (%) *published* | Top-1 (%) *measured* |\n"
            "| --- | ---: | ---: |\n"
            "| plain | 95.2 | 95.12 ± 0.21 |\n"
            "| a,\"b\"\\|c | – | 0.3333 |\n");
}

TEST(LatexTable, IsABooktabsTable) {
  const auto text = latex_table(accuracy(), "kde-accuracy", "reprise run\njob.toml");
  EXPECT_THAT(text, StartsWith("% reprise run job.toml\n"));
  EXPECT_THAT(text, HasSubstr("\\caption{Accuracy \\& loss. Mean of 18 of 20.}"));
  EXPECT_THAT(text, HasSubstr("\\label{tab:kde-accuracy}"));
  EXPECT_THAT(text, HasSubstr("\\begin{tabular}{lrr}"));
  EXPECT_THAT(text, HasSubstr("\\cmidrule(lr){2-2}\\cmidrule(lr){3-3}"));
  EXPECT_THAT(text, HasSubstr("95.12 $\\pm$ 0.21 \\\\"));
  EXPECT_THAT(text, HasSubstr("\\bottomrule"));
}

TEST(Emphasis, IsInEveryFormat) {
  auto table = accuracy();
  table.columns[2].emphasis = {Emphasis::tied, Emphasis::best};
  EXPECT_EQ(csv_table(table),
            "method,published,top1,top1_standard_error,top1_emphasis\r\n"
            "plain,95.2,95.1234,0.21,tied\r\n"
            "\"a,\"\"b\"\"|c\",,0.3333333333333333,,best\r\n");
  EXPECT_THAT(markdown_table(table), HasSubstr("| <ins>95.12 ± 0.21</ins> |"));
  EXPECT_THAT(markdown_table(table), HasSubstr("| **0.3333** |"));
  const auto text = latex_table(table, "name", "source");
  EXPECT_THAT(text, HasSubstr("\\underline{95.12 $\\pm$ 0.21} \\\\"));
  EXPECT_THAT(text, HasSubstr("\\textbf{\\boldmath 0.3333} \\\\"));
  table.columns[2].emphasis = {Emphasis::best};
  EXPECT_THAT(markdown_table(table), HasSubstr("| 0.3333 |")) << "cells without emphasis stay as they are";
}

TEST(RoleSpans, AreLeftOutWhereTheySayNothing) {
  auto table = accuracy();
  EXPECT_EQ(role_spans(text_of(table)).size(), 3U);
  table.columns.pop_back();
  EXPECT_TRUE(role_spans(text_of(table)).empty());
}

TEST(TextOf, RaggedColumnsAreFilledWithDashes) {
  auto table = accuracy();
  table.columns[1].values = std::vector<double>{};
  const auto text = text_of(table);
  EXPECT_EQ(text.rows, 2U);
  EXPECT_EQ(text.columns[1].cells[1], "–");
}

TEST(NamesItem, FindsWholeWords) {
  EXPECT_TRUE(names_item("table accuracy, rows 1-3", "accuracy"));
  EXPECT_TRUE(names_item("/published/main/tables/accuracy", "accuracy"));
  EXPECT_FALSE(names_item("table accuracy_by_bits", "accuracy"));
  EXPECT_FALSE(names_item("all rows", ""));
}

}  // namespace
}  // namespace reprise::reporting
