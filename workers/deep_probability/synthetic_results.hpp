#pragma once

#include <optional>

#include "kernels/statistics/moments.hpp"
#include "workers/deep_probability/metric_study.hpp"
#include "workers/deep_probability/synthetic.hpp"

namespace reprise::deep_probability {

/// One method's scores on the test images.
struct MethodScores {
  std::string id;      ///< "cape_bin", "cape_bin_last"
  std::string label;   ///< "CaPE-bin", "CaPE-bin, last epoch"
  bool finite = true;  ///< sees the labels of the training images only, as all methods that can be used do
  std::vector<std::vector<std::optional<Scores>>>
      scores;  ///< [scenario][seed]; predictions of the first seed only
};

/// A training's course, for figures.
struct MethodCurve {
  std::string id;
  std::vector<std::vector<std::optional<Curve>>> curves;  ///< [scenario][seed]
  std::vector<std::vector<std::int32_t>> best_epoch;      ///< [scenario][seed]
};

using Metric = double Scores::*;

/// All that came of the synthetic experiment.
struct SyntheticResults {
  std::vector<Scenario> scenarios;
  std::int32_t seeds = 0;
  std::vector<MethodScores> methods;  ///< in the order of the paper's table
  std::vector<MethodCurve> curves;

  [[nodiscard]] const MethodScores* find(std::string_view id) const;
  [[nodiscard]] const MethodCurve* find_curve(std::string_view id) const;

  /// Over seeds; NaN without any.
  [[nodiscard]] Estimate mean(const MethodScores& method, std::size_t scenario, Metric metric) const;
  /// a - b over the seeds that have both.
  [[nodiscard]] Estimate difference(const MethodScores& a, const MethodScores& b, std::size_t scenario,
                                    Metric metric) const;
  [[nodiscard]] std::size_t pairs(const MethodScores& a, const MethodScores& b, std::size_t scenario) const;
};

[[nodiscard]] std::string title(Scenario scenario);

/// Every method at every seed, as the study of metrics takes them.
[[nodiscard]] std::vector<ScoredModel> scored_models(const SyntheticResults& results, bool with_overfitted);

std::vector<Table> tables_of(const SyntheticResults& results);
std::vector<Figure> figures_of(const SyntheticResults& results);
[[nodiscard]] std::vector<Claim> synthetic_claims();
std::vector<Finding> judge(const SyntheticResults& results);

}  // namespace reprise::deep_probability
