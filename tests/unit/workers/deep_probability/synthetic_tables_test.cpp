#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "workers/deep_probability/synthetic_results.hpp"

namespace reprise::deep_probability {
namespace {

/// MSE_p at five seeds in the linear scenario; AUC falls as it rises.
MethodScores method(const std::string& id, std::vector<double> errors) {
  MethodScores made{id, {{}}};
  for (const double error : errors) {
    Scores scores;
    scores.squared_error = error;
    scores.divergence = 2 * error;
    scores.area_under_curve = 1 - error;
    made.scores[0].emplace_back(scores);
  }
  return made;
}

SyntheticResults results() {
  return {{Scenario::linear},
          5,
          {method("ce", {0.021, 0.022, 0.023, 0.024, 0.025}),
           method("platt", {0.0211, 0.0219, 0.0231, 0.0238, 0.0252}),
           method("cape_bin", {0.020, 0.021, 0.022, 0.023, 0.024}),
           method("control", {0.019, 0.020, 0.024, 0.025, 0.0221}),
           method("cape_bin_last", {0.03, 0.03, 0.03, 0.03, 0.04}),
           method("control_last", {0.05, 0.05, 0.05, 0.05, 0.05}),
           method("infinite_data", {0.01, 0.01, 0.01, 0.01, 0.01}),
           method("base_rate", {0.09, 0.09, 0.09, 0.09, 0.09})},
          {}};
}

const Table& table(const std::vector<Table>& tables, const std::string& id) {
  const auto found = std::ranges::find(tables, id, &Table::id);
  if (found == tables.end()) throw std::invalid_argument("no table " + id);
  return *found;
}

const Column& column(const Table& from, const std::string& name) {
  const auto found = std::ranges::find(from.columns, name, &Column::name);
  if (found == from.columns.end()) throw std::invalid_argument("no column " + name);
  return *found;
}

double number(const Table& from, const std::string& name, std::size_t row) {
  return std::get<std::vector<double>>(column(from, name).values).at(row);
}

TEST(SyntheticTables, MarkTheBestAndWhatIsNotToldApartFromIt) {
  const auto all = results();
  const auto best = all.emphasis(0, &Scores::squared_error);
  using E = Emphasis;
  // Cross-entropy is above CaPE by 0.001 at every seed, the control by 0.00002 +- 0.0008; the references
  // don't count.
  EXPECT_EQ(best, (std::vector<E>{E::none, E::none, E::best, E::tied, E::none, E::none, E::none, E::none}));
  EXPECT_EQ(all.emphasis(0, &Scores::area_under_curve, -1), best) << "more is better";
  auto one = all;
  for (auto& method : one.methods) method.scores[0].resize(1);
  const auto single = one.emphasis(0, &Scores::squared_error);
  EXPECT_EQ(std::ranges::count(single, E::tied), 0) << "one seed has no standard error";
  EXPECT_EQ(single[3], E::best);
}

TEST(SyntheticTables, MissingScoresAreNeitherBestNorTied) {
  auto all = results();
  for (auto& scores : all.methods[2].scores[0]) scores.reset();
  const auto marks = all.emphasis(0, &Scores::squared_error);
  EXPECT_EQ(marks[2], Emphasis::none);
  EXPECT_EQ(marks[3], Emphasis::best);
}

TEST(SyntheticTables, TruthIsInHundredthsWithItsReferences) {
  const auto tables = tables_of(results());
  const auto& truth = table(tables, "truth");
  EXPECT_NEAR(number(truth, "squared_error_linear", 0), 2.3, 1e-9);
  EXPECT_NEAR(number(truth, "divergence_linear", 0), 4.6, 1e-9);
  EXPECT_NEAR(number(truth, "squared_error_linear", 7), 9.0, 1e-9);
  EXPECT_EQ(column(truth, "squared_error_linear").emphasis[2], Emphasis::best);
  EXPECT_EQ(std::get<std::vector<std::string>>(column(truth, "standing").values)[7], "reference");
  EXPECT_EQ(column(table(tables, "outcomes_linear"), "area_under_curve").emphasis[2], Emphasis::best);
  EXPECT_TRUE(column(table(tables, "outcomes_linear"), "self_check").emphasis.empty());
}

TEST(SyntheticTables, RivalsAreWonTiedOrLost) {
  const auto tables = tables_of(results());
  const auto& rivals = table(tables, "rivals");
  ASSERT_EQ(std::get<std::vector<std::string>>(rivals.columns[0].values).size(), 3U)
      << "neither references nor last epochs";
  EXPECT_EQ(number(rivals, "squared_error_won", 0), 1);
  EXPECT_EQ(number(rivals, "squared_error_tied", 2), 1) << "the control";
  EXPECT_EQ(number(rivals, "divergence_lost", 0), 0);
}

TEST(SyntheticTables, BudgetIsEqualInEpochsAndRate) {
  auto all = results();
  EXPECT_NEAR(number(table(tables_of(all), "equal_budget"), "gap_last", 0), 3.2 - 5.0, 1e-9);
  all.methods.push_back(method("control_matched", {0.03, 0.03, 0.03, 0.03, 0.03}));
  all.methods.push_back(method("control_matched_last", {0.06, 0.06, 0.06, 0.06, 0.06}));
  EXPECT_NEAR(number(table(tables_of(all), "equal_budget"), "gap_last", 0), 3.2 - 6.0, 1e-9);
  EXPECT_NEAR(number(table(tables_of(all), "equal_budget"), "gap_best", 0), 2.2 - 3.0, 1e-9);
}

TEST(SyntheticTables, TargetsAreFollowedOverCalibrationEpochs) {
  auto all = results();
  for (auto& scores : all.methods[2].scores[0]) scores->target_error = {0.01, 0.02, 0.04};
  const auto tables = tables_of(all);
  const auto& targets = table(tables, "targets");
  EXPECT_NEAR(number(targets, "first", 0), 1, 1e-9);
  EXPECT_NEAR(number(targets, "rise", 0), 3, 1e-9);
}

TEST(SyntheticTables, AlarmsAreSetBesideTheTruth) {
  auto all = results();
  EXPECT_THROW((void)table(tables_of(all), "alarm"), std::invalid_argument) << "nothing was watched";
  Curve curve;
  curve.validation_loss = {0.6, 0.5, 0.7, 0.8};
  curve.squared_error = {0.04, 0.02, 0.03, 0.05};
  curve.brier_gap = {0.0, 0.01, 0.02, 0.08};
  curve.brier_gap_error = {0.01, 0.01, 0.01, 0.01};
  curve.memorised = curve.validation_memorised = {0, 0, 0, 0};
  curve.self_check = {0, -2, -6, -9};
  auto silent = curve;
  silent.brier_gap = {0, 0, 0, 0};
  all.curves = {{"ce", {{curve, silent}}, {{1, 1}}}};
  const auto tables = tables_of(all);
  const auto& alarm = table(tables, "alarm");
  EXPECT_EQ(std::get<std::vector<std::string>>(column(alarm, "rung").values)[0], "1 of 2");
  EXPECT_EQ(number(alarm, "alarm", 0), 4) << "epochs are counted from 1";
  EXPECT_EQ(number(alarm, "true_alarm", 0), 3);
  EXPECT_NEAR(number(alarm, "at_best", 0), 2, 1e-9);
  EXPECT_NEAR(number(alarm, "at_alarm", 0), (3 + 5) / 2.0, 1e-9) << "without an alarm, the last epoch";
  EXPECT_EQ(alarm_figure(all).panels.size(), 2U);
}

TEST(SyntheticTables, ReleasedPredictionsStandBesideOurs) {
  const auto tables = tables_of(results());
  const auto& released = table(tables, "released");
  EXPECT_EQ(number(released, "published_squared_error", 3), 0.0241);
  EXPECT_NEAR(number(released, "squared_error", 3), 0.022, 1e-12);
  EXPECT_TRUE(std::isnan(number(released, "squared_error", 1)))
      << "the last epoch of cross-entropy is not there";
  EXPECT_THROW((void)table(tables, "levels"), std::invalid_argument) << "only Discrete has levels";
}

TEST(SyntheticTables, SingleRunsAreShownWithTheirErrors) {
  auto all = results();
  Spread spread;
  spread.error = {0.03, 0.005, 0.02, 0.04, 0.1};
  spread.brier_gain = {0.002, 0.001, 0, 0.004, 0.04};
  spread.calibrated_p = 0.25;
  spread.deciles = {{0.1, 0.2}, {0.1, 0.3}, {0, 0.1}, {0.2, 0.3}};
  all.methods[2].spread = {spread};
  const auto tables = tables_of(all);
  const auto& single = table(tables, "single_run_linear");
  EXPECT_EQ(number(single, "error", 0), 0.03);
  EXPECT_EQ(column(single, "error").standard_error[0], 0.005);
  EXPECT_EQ(number(single, "brier_p", 0), 0.04);
  const auto figure = reliability_figure(all);
  ASSERT_EQ(figure.panels.size(), 1U);
  EXPECT_EQ(figure.panels[0].series[0].style, SeriesStyle::band);
  EXPECT_EQ(figure.panels[0].series[0].upper, spread.deciles.high);
}

}  // namespace
}  // namespace reprise::deep_probability
