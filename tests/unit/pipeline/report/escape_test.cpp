#include "pipeline/report/escape.hpp"

#include <gtest/gtest.h>

namespace reprise::reporting {
namespace {

TEST(CleanUtf8, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(clean_utf8("α ≤ 𝔼"), "α ≤ 𝔼");
  EXPECT_EQ(clean_utf8("a\xFFz"), "a\xEF\xBF\xBDz");
  EXPECT_EQ(clean_utf8("cut \xE2\x82"), "cut \xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(clean_utf8("\xC0\xAF"), "\xEF\xBF\xBD\xEF\xBF\xBD");          // overlong
  EXPECT_EQ(clean_utf8("\xED\xA0\x80").find('\xED'), std::string::npos);  // a surrogate
  EXPECT_EQ(clean_utf8("bell\a"), "bell\xEF\xBF\xBD");
  EXPECT_EQ(clean_utf8("one\r\ntwo"), "one\ntwo");
}

TEST(Html, LeavesNothingThatOpensATagOrEndsAnAttribute) {
  EXPECT_EQ(html("<a href='x'>\"&"), "&lt;a href=&#39;x&#39;&gt;&quot;&amp;");
}

TEST(Markdown, MarksAreText) {
  EXPECT_EQ(markdown("a|b *c* _d_ [e]"), "a\\|b \\*c\\* \\_d\\_ \\[e\\]");
  EXPECT_EQ(markdown("<b> & `c`"), "&lt;b\\> &amp; \\`c\\`");
  EXPECT_EQ(markdown("two\nlines"), "two lines");
}

TEST(Csv, QuotesAsRfc4180) {
  EXPECT_EQ(csv("plain"), "plain");
  EXPECT_EQ(csv("a,b"), "\"a,b\"");
  EXPECT_EQ(csv("say \"x\""), "\"say \"\"x\"\"\"");
  EXPECT_EQ(csv("two\nlines"), "\"two\nlines\"");
}

TEST(GnuplotString, NothingIsSubstituted) {
  EXPECT_EQ(gnuplot_string("it's"), "'it''s'");
  EXPECT_EQ(gnuplot_string("`date` @macro \\n \"q\""), "'`date` @macro \\n \"q\"'");
  EXPECT_EQ(gnuplot_string("a\n'; system('x')"), "'a ''; system(''x'')'");
}

TEST(Latex, SpecialCharacters) {
  EXPECT_EQ(latex("50 % of $x_1 & {y}"), "50 \\% of \\$x\\_1 \\& \\{y\\}");
  EXPECT_EQ(latex("\\input{x}"), "\\textbackslash{}input\\{x\\}");
  EXPECT_EQ(latex("a~b^c#"), "a\\textasciitilde{}b\\textasciicircum{}c\\#");
  EXPECT_EQ(latex("x < y > z"), "x \\textless{} y \\textgreater{} z");
}

TEST(Latex, MathematicalSigns) {
  EXPECT_EQ(latex("α ± 2"), "$\\alpha$ $\\pm$ 2");
  EXPECT_EQ(latex("1.2×10⁻⁹"), "1.2$\\times$10$^{-9}$");
  EXPECT_EQ(latex("x₁²"), "x$_{1}$$^{2}$");
  EXPECT_EQ(latex("– Müller"), "-- Müller");
}

TEST(Latex, WhatPdflatexDoesNotKnowBecomesItsNumber) {
  EXPECT_EQ(latex("中"), "[U+4E2D]");
}

TEST(Slug, MakesNamesForFiles) {
  EXPECT_EQ(slug("kde main/accuracy"), "kde-main-accuracy");
  EXPECT_EQ(slug("../../etc"), "etc");
  EXPECT_EQ(slug("α"), "unnamed");
  EXPECT_EQ(slug(""), "unnamed");
}

TEST(LengthUtf8, CountsCharacters) {
  EXPECT_EQ(length_utf8("αβ≤x"), 4U);
}

}  // namespace
}  // namespace reprise::reporting
