#include <gtest/gtest.h>

#include <algorithm>

#include "workers/deep_probability/synthetic_results.hpp"

namespace reprise::deep_probability {
namespace {

/// One seed's predictions, equal to the truth, in Linear and Discrete.
MethodScores method(const std::string& id) {
  MethodScores made{id, {}};
  for (const bool discrete : {false, true}) {
    Scores scores;
    for (int i = 0; i < 50; ++i) scores.truth.push_back(discrete ? 0.1 + 0.2 * (i % 5) : (i + 0.5) / 50);
    scores.predicted = scores.truth;
    made.scores.push_back({scores});
    Spread spread;
    spread.fifths = {{0.1, 0.3}, {0.1, 0.4}, {0.0, 0.2}, {0.2, 0.5}};
    made.spread.emplace_back(spread);
  }
  return made;
}

MethodCurve curve(const std::string& id, std::vector<double> losses) {
  Curve one;
  one.training_loss = one.validation_loss = one.squared_error = one.divergence = std::move(losses);
  return {id, {{one}, {one}}, {{2}, {2}}};
}

SyntheticResults results() {
  return {{Scenario::linear, Scenario::discrete},
          1,
          {method("ce"), method("cape_bin"), method("ce_last"), method("infinite_data")},
          {curve("ce", {6, 4, 2, 9, 9, 9}), curve("cape_bin", {3, 3}), curve("control", {3, 4})}};
}

const Figure& figure(const std::vector<Figure>& all, const std::string& id) {
  const auto found = std::ranges::find(all, id, &Figure::id);
  if (found == all.end()) throw std::invalid_argument("no figure " + id);
  return *found;
}

TEST(SyntheticFigures, PredictionsAreTwoRowsOfFour) {
  const auto all = figures_of(results());
  const auto& predictions = figure(all, "predictions");
  EXPECT_EQ(predictions.panels_across, 4);
  ASSERT_EQ(predictions.panels.size(), 8U);
  EXPECT_EQ(predictions.panels[0].title, "Discrete: infinite data");
  EXPECT_EQ(predictions.panels[3].title, "Discrete: CaPE-bin");
  EXPECT_EQ(predictions.panels[4].title, "Linear: infinite data");
  // A histogram for each of five levels, of area 1, and a line at each level.
  ASSERT_EQ(predictions.panels[0].series.size(), 5U);
  EXPECT_EQ(predictions.panels[0].marks.size(), 5U);
  double area = 0;
  for (const double density : predictions.panels[0].series[0].y) area += density / 20;
  EXPECT_NEAR(area, 1.0, 1e-12);
  const auto& series = predictions.panels[4].series;
  EXPECT_EQ(series.back().x, (std::vector<double>{0.1, 0.3}));
  EXPECT_TRUE(std::ranges::any_of(series, [](const Series& one) { return one.style == SeriesStyle::band; }));
  EXPECT_EQ(std::ranges::count(all, std::string("predictions_others"), &Figure::id), 0)
      << "no scenario is left";
}

TEST(SyntheticFigures, RefinementsGoOnWhereTrainingWasStopped) {
  const auto all = figures_of(results());
  const auto& learning = figure(all, "learning_linear");
  ASSERT_EQ(learning.panels.size(), 4U);
  const auto& series = learning.panels[0].series;
  ASSERT_EQ(series.size(), 3U);
  EXPECT_EQ(series[0].style, SeriesStyle::line);
  EXPECT_EQ(series[1].style, SeriesStyle::dashed);
  EXPECT_EQ(series[2].style, SeriesStyle::dotted);
  EXPECT_EQ(series[1].x, (std::vector<double>{4, 5})) << "after epoch 2, from 0";
  // Moving average over five epochs, fewer at the ends.
  EXPECT_DOUBLE_EQ(series[0].y[0], 6);
  EXPECT_DOUBLE_EQ(series[0].y[1], 4);
  EXPECT_DOUBLE_EQ(series[0].y[2], 6);
}

}  // namespace
}  // namespace reprise::deep_probability
