#include "workers/deep_probability/metric_study.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "kernels/random/hash_rng.hpp"

namespace reprise::deep_probability {
namespace {

ScoredModel model(Scenario scenario, double error, double brier, double auc) {
  ScoredModel scored;
  scored.scenario = scenario;
  scored.truth.squared_error = error;
  scored.outcome.brier = brier;
  scored.outcome.area_under_curve = auc;
  return scored;
}

const MetricCorrelation& row(const std::vector<MetricCorrelation>& rows, Scenario scenario,
                             const std::string& metric) {
  for (const MetricCorrelation& one : rows) {
    if (one.scenario == scenario && one.metric == metric) {
      return one;
    }
  }
  throw std::out_of_range(metric);
}

// Brier scores are the error above a floor of noise that differs between scenarios.
TEST(MetricStudy, LooksWithinScenarios) {
  std::vector<ScoredModel> models;
  for (int k = 0; k < 5; ++k) {
    const double error = 0.01 * (1 + k);
    models.push_back(model(Scenario::linear, error, 0.13 + error, 0.8 - error * error));
    models.push_back(model(Scenario::discrete, error, 0.15 + error, std::nan("")));
  }
  const auto rows = metric_correlations(models);
  ASSERT_EQ(rows.size(), 12U);  // six metrics, two scenarios
  for (const Scenario scenario : {Scenario::linear, Scenario::discrete}) {
    const MetricCorrelation& brier = row(rows, scenario, "Brier");
    EXPECT_NEAR(brier.pearson, 1.0, 1e-12);
    EXPECT_NEAR(brier.spearman, 1.0, 1e-12);
    EXPECT_EQ(brier.models, 5U);
  }
  const MetricCorrelation& auc = row(rows, Scenario::linear, "AUC");
  EXPECT_NEAR(auc.spearman, -1.0, 1e-12);
  EXPECT_GT(auc.pearson, -0.99);
  EXPECT_EQ(row(rows, Scenario::discrete, "AUC").models, 0U);
  EXPECT_TRUE(std::isnan(row(rows, Scenario::discrete, "AUC").pearson));
  EXPECT_TRUE(std::isnan(row(rows, Scenario::linear, "KS").pearson));  // constant
}

TEST(MetricStudy, RanksTheFiveMetricsWithinAScenario) {
  const std::vector<MetricCorrelation> rows{
      {Scenario::linear, "Brier", 0, 0.9, 5},   {Scenario::linear, "AUC", 0, -0.95, 5},
      {Scenario::linear, "ECE", 0, 0.5, 5},     {Scenario::linear, "MCE", 0, -0.5, 5},
      {Scenario::linear, "KS", 0, 0.1, 5},      {Scenario::linear, "log-loss", 0, 0.99, 5},
      {Scenario::discrete, "Brier", 0, 0.2, 5}, {Scenario::discrete, "AUC", 0, std::nan(""), 0}};
  const auto ranks = metric_ranks(rows);
  EXPECT_EQ(std::vector(ranks.begin(), ranks.begin() + 5), (std::vector<double>{2, 1, 3.5, 3.5, 5}));
  EXPECT_TRUE(std::isnan(ranks[5])) << "log-loss is beside the paper's five";
  EXPECT_EQ(ranks[6], 1);
  EXPECT_TRUE(std::isnan(ranks[7]));
}

TEST(MetricStudy, OfNoModelsIsEmpty) {
  EXPECT_TRUE(metric_correlations({}).empty());
}

}  // namespace
}  // namespace reprise::deep_probability
