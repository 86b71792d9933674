#include "workers/deep_probability/real_results.hpp"

#include <gmock/gmock.h>

namespace reprise::deep_probability {
namespace {

using testing::HasSubstr;

/// Predictions that are off by `error` at each of four faces.
RealScores scores(double error, double spread = 0) {
  Scores found;
  for (int i = 0; i < 4; ++i) {
    found.truth.push_back(0.5);
    found.predicted.push_back(0.5 + error + spread * (i % 2 == 0 ? 1 : -1));
  }
  found.squared_error = error * error + spread * spread;
  found.brier = 0.2 + error;
  found.bin_predicted = {0.2, 0.8};
  found.bin_observed = {0.3, 0.7};
  Intervals intervals;
  for (std::size_t m = 0; m < kRealMetrics; ++m) {
    intervals.value.push_back(0.1 * static_cast<double>(m) + error);
    intervals.standard_error.push_back(0.01);
    intervals.low.push_back(0);
    intervals.high.push_back(1);
  }
  return {found, intervals};
}

/// Two scenarios of one seed at the paper's scale.
RealResults faces(RealScores early, RealScores cape) {
  RealResults results;
  results.cases = {{Scenario::linear, 0}, {Scenario::discrete, 0}};
  results.training = 14000;
  results.test = 4738;
  results.side = 200;
  results.resamples = 1000;
  results.methods = {
      {"ce", {early, early}}, {"platt", {scores(0.15), scores(0.15)}}, {"cape_bin", {cape, cape}}};
  return results;
}

TEST(FacesClaim, HoldsWhereCapeIsCloserInBothScenarios) {
  const auto finding = judge_faces(faces(scores(0.2), scores(0.1)));
  EXPECT_EQ(finding.verdict, Verdict::reproduced);
  EXPECT_EQ(finding.measured, "MSE_p lower by 75.0 % (linear), 75.0 % (discrete)");
}

TEST(FacesClaim, DoesNotHoldWhereTheGainIsWithinItsError) {
  EXPECT_EQ(judge_faces(faces(scores(0.1), scores(0.2))).verdict, Verdict::not_reproduced);
  // Of four faces, two are closer by 0.07 and two farther by nearly as much.
  EXPECT_EQ(judge_faces(faces(scores(0.2, 0.2), scores(0.27))).verdict, Verdict::not_reproduced);
  auto one = faces(scores(0.2), scores(0.1));
  one.methods[2].cases[1] = scores(0.3);
  EXPECT_EQ(judge_faces(one).verdict, Verdict::not_reproduced);
}

TEST(FacesClaim, TakesErrorsOverSeedsWhereThereAreSeveral) {
  auto results = faces(scores(0.2), scores(0.1));
  results.cases = {
      {Scenario::linear, 0}, {Scenario::linear, 1}, {Scenario::discrete, 0}, {Scenario::discrete, 1}};
  for (auto& method : results.methods)
    method.cases = {method.cases[0], method.cases[0], method.cases[1], method.cases[1]};
  EXPECT_EQ(judge_faces(results).verdict, Verdict::reproduced);
  results.methods[2].cases[1] = scores(0.25);  // one seed says otherwise
  EXPECT_EQ(judge_faces(results).verdict, Verdict::not_reproduced);
}

TEST(FacesClaim, IsNotTestedOnLess) {
  auto results = faces(scores(0.2), scores(0.1));
  results.training = 9999;
  EXPECT_EQ(judge_faces(results).verdict, Verdict::not_tested);
  EXPECT_THAT(judge_faces(results).remark,
              HasSubstr("resnet18 on 9999 training and 4738 test faces of 200 pixels"));
  results = faces(scores(0.2), scores(0.1));
  results.architecture = Architecture::resnet_small;
  EXPECT_EQ(judge_faces(results).verdict, Verdict::not_tested);
  results = faces(scores(0.2), scores(0.1));
  results.methods.pop_back();
  EXPECT_THAT(judge_faces(results).remark, HasSubstr("needs cross-entropy and CaPE-bin"));
  results = faces(scores(0.2), scores(0.1));
  results.methods[2].cases[1].scores.reset();  // its task failed
  EXPECT_EQ(judge_faces(results).verdict, Verdict::not_tested);
  results = faces(scores(0.2), scores(0.1));
  results.source = RealSource::radar;
  EXPECT_THAT(judge_faces(results).remark, HasSubstr("not faces"));
}

TEST(RealTables, ShowEveryMethodWithThePapersColumns) {
  const auto tables = tables_of(faces(scores(0.2), scores(0.1)));
  ASSERT_EQ(tables.size(), 4U);
  EXPECT_EQ(tables[0].id, "outcomes_linear");
  EXPECT_EQ(tables[1].id, "intervals_linear");
  std::vector<std::string> names;
  for (const auto& column : tables[0].columns) names.push_back(column.name);
  EXPECT_THAT(names, testing::ElementsAre("method", "published", "area_under_curve", "calibration_error",
                                          "largest_calibration_error", "kolmogorov_smirnov", "brier",
                                          "squared_error", "divergence"));
  const auto& published = std::get<std::vector<std::string>>(tables[0].columns[1].values);
  EXPECT_THAT(published[0], HasSubstr("MSE_p 0.0368"));  // early stopping
  EXPECT_EQ(published[1], "not available");
  EXPECT_THAT(std::get<std::vector<std::string>>(tables[2].columns[1].values)[2], HasSubstr("MSE_p 0.0248"));
  EXPECT_DOUBLE_EQ(std::get<std::vector<double>>(tables[0].columns[6].values)[2], 0.5);  // Brier, CaPE-bin
  EXPECT_EQ(tables[0].columns[6].standard_error, std::vector<double>(3, 0.01));
}

TEST(RealTables, OfDataWithoutKnownProbabilitiesHaveNoDistanceToThem) {
  auto results = faces(scores(0.2), scores(0.1));
  results.source = RealSource::slides;
  results.cases = {{Scenario::linear, 0}};
  for (auto& method : results.methods) method.cases.resize(1);
  const auto tables = tables_of(results);
  ASSERT_EQ(tables.size(), 2U);
  EXPECT_EQ(tables[0].id, "outcomes");
  EXPECT_EQ(tables[0].columns.size(), 7U);
  EXPECT_EQ(std::get<std::vector<std::string>>(tables[0].columns[1].values),
            std::vector<std::string>(3, "not available"));
}

TEST(RealFigures, ShowEarlyStoppingTheBestBaselineAndCape) {
  auto results = faces(scores(0.2), scores(0.1));
  results.methods.push_back({"focal", {scores(0.4), scores(0.4)}});
  const auto figures = figures_of(results);
  ASSERT_EQ(figures.size(), 2U);
  ASSERT_EQ(figures[0].panels.size(), 3U);
  EXPECT_EQ(figures[0].panels[1].title, "Platt");
  EXPECT_EQ(figures[0].panels[2].title, "CaPE-bin");
}

}  // namespace
}  // namespace reprise::deep_probability
