#include "pipeline/report/axis_scale.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace reprise::reporting {
namespace {

using testing::ElementsAre;

Extent extent(double least, double greatest) {
  return {least, greatest, false};
}

std::vector<std::string> labels(const Scale& scale) {
  std::vector<std::string> texts;
  for (const auto& tick : scale.ticks) texts.push_back(tick.label);
  return texts;
}

TEST(Extent, TakesOnlyWhatTheAxisShows) {
  Extent values;
  values.add(std::numeric_limits<double>::quiet_NaN(), false);
  values.add(-1, true);
  EXPECT_TRUE(values.empty);
  values.add(3, true);
  values.add(0.5, true);
  EXPECT_EQ(values.least, 0.5);
  EXPECT_EQ(values.greatest, 3);
}

TEST(MakeScale, TicksAreRoundAndInside) {
  const auto scale = make_scale({"x", ""}, extent(0.13, 2.9), 6);
  EXPECT_THAT(labels(scale), ElementsAre("0.0", "0.5", "1.0", "1.5", "2.0", "2.5", "3.0"));
  for (const auto& tick : scale.ticks) {
    EXPECT_GE(scale.position(tick.at), -1e-9);
    EXPECT_LE(scale.position(tick.at), 1 + 1e-9);
  }
}

TEST(MakeScale, RangesThatAreAskedForAreKept) {
  Axis axis{"x", ""};
  axis.from = -2;
  axis.to = 12;
  const auto scale = make_scale(axis, extent(0, 1), 5);
  EXPECT_EQ(scale.from, -2);
  EXPECT_EQ(scale.to, 12);
}

TEST(MakeScale, LogarithmicTicksArePowersOfTen) {
  EXPECT_THAT(labels(make_scale({"n", "", true}, extent(1e-5, 1e-1), 5)),
              ElementsAre("10⁻⁵", "10⁻⁴", "10⁻³", "10⁻²", "10⁻¹"));
  EXPECT_THAT(labels(make_scale({"n", "", true}, extent(1, 1000), 5)), ElementsAre("1", "10", "100", "1000"));
}

TEST(MakeScale, NarrowLogarithmicAxesStillHaveTicks) {
  EXPECT_GE(make_scale({"n", "", true}, extent(3, 4), 5).ticks.size(), 2U);
  EXPECT_GE(make_scale({"n", "", true}, extent(5, 5), 5).ticks.size(), 2U);
  EXPECT_GE(make_scale({"n", "", true}, extent(1, 40), 5).ticks.size(), 3U);
}

TEST(MakeScale, WideLogarithmicAxesSkipDecades) {
  EXPECT_LE(make_scale({"n", "", true}, extent(1e-30, 1e30), 6).ticks.size(), 7U);
}

TEST(MakeScale, WithoutValuesThereIsStillAnAxis) {
  EXPECT_GE(make_scale({"x", ""}, {}, 5).ticks.size(), 3U);
  EXPECT_GE(make_scale({"x", "", true}, {}, 5).ticks.size(), 2U);
}

TEST(MakeScale, ConstantValuesGetARange) {
  const auto scale = make_scale({"x", ""}, extent(7, 7), 5);
  EXPECT_LT(scale.from, 7);
  EXPECT_GT(scale.to, 7);
}

TEST(MakeScale, BarsStandOnZero) {
  EXPECT_EQ(make_scale({"x", ""}, extent(5, 9), 5, true).from, 0);
  EXPECT_EQ(make_scale({"x", ""}, extent(-9, -5), 5, true).to, 0);
}

TEST(MakeScale, ThePapersOwnTicksAreTaken) {
  Axis axis{"layer", ""};
  axis.ticks = {{1, "qkv"}, {2, "proj"}, {99, "outside"}};
  EXPECT_THAT(labels(make_scale(axis, extent(0.5, 2.5), 5)), ElementsAre("qkv", "proj"));
}

}  // namespace
}  // namespace reprise::reporting
