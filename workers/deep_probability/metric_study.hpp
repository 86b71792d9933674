#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "workers/deep_probability/metrics.hpp"
#include "workers/deep_probability/scenario.hpp"

namespace reprise::deep_probability {

/// One model's scores on a test set with known probabilities.
struct ScoredModel {
  Scenario scenario = Scenario::linear;
  TruthMetrics truth;
  OutcomeMetrics outcome;
};

/// How a metric that needs outcomes only goes along with MSE_p over the models of one scenario.
struct MetricCorrelation {
  Scenario scenario = Scenario::linear;
  std::string metric;
  double pearson = 0.0;   ///< NaN where undefined
  double spearman = 0.0;  ///< NaN where undefined
  std::size_t models = 0;
};

/// For each scenario that has models, in their order: Brier, AUC, ECE, MCE, KS and log-loss. Never over
/// several scenarios, whose noise differs. Models without a number for a metric are left out of its row. The
/// question is of Liu et al., ICML 2022: the Brier score follows MSE_p, the others do not.
[[nodiscard]] std::vector<MetricCorrelation> metric_correlations(const std::vector<ScoredModel>& models);

/// Of each row among the paper's five metrics (all but log-loss) of its scenario, by |Spearman| from 1, the
/// largest; mean ranks where tied. NaN for log-loss and where there is no correlation.
[[nodiscard]] std::vector<double> metric_ranks(const std::vector<MetricCorrelation>& rows);

}  // namespace reprise::deep_probability
