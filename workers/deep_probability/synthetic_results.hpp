#pragma once

#include <optional>

#include "kernels/statistics/moments.hpp"
#include "workers/deep_probability/method_list.hpp"
#include "workers/deep_probability/metric_study.hpp"
#include "workers/deep_probability/prediction_spread.hpp"
#include "workers/deep_probability/synthetic.hpp"

namespace reprise::deep_probability {

/// One method's scores on the test images.
struct MethodScores {
  std::string id;  ///< in the list of methods
  std::vector<std::vector<std::optional<Scores>>>
      scores;                                      ///< [scenario][seed]; predictions of the first seed only
  std::vector<std::optional<Spread>> spread = {};  ///< [scenario], of the first seed; may be empty

  [[nodiscard]] std::string label() const { return method_name(id).label; }
  /// Learns from the training images and one label of each, as all methods do that can be used.
  [[nodiscard]] bool competes() const { return method_name(id).standing != Standing::reference; }
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

  /// Cross-entropy continued as long and at the rate that CaPE-bin has at the same seed.
  [[nodiscard]] const MethodScores* matched_control(bool last) const;

  /// Over seeds; NaN without any.
  [[nodiscard]] Estimate mean(const MethodScores& method, std::size_t scenario, Metric metric) const;
  /// a - b over the seeds that have both.
  [[nodiscard]] Estimate difference(const MethodScores& a, const MethodScores& b, std::size_t scenario,
                                    Metric metric) const;
  /// Over methods, where less is better (sign 1) or more (sign -1): the best mean of those that compete, and
  /// those within 2 paired standard errors of it.
  [[nodiscard]] std::vector<Emphasis> emphasis(std::size_t scenario, Metric metric, double sign = 1) const;
  [[nodiscard]] std::size_t pairs(const MethodScores& a, const MethodScores& b, std::size_t scenario) const;
};

[[nodiscard]] std::string title(Scenario scenario);

/// Every method that is a model at every seed, as the study of metrics takes them; with or without those at
/// their last epochs, which have begun to memorise.
[[nodiscard]] std::vector<ScoredModel> scored_models(const SyntheticResults& results, bool with_last);

std::vector<Table> tables_of(const SyntheticResults& results);
/// The authors' released predictions beside ours (E2).
std::vector<Table> released_tables(const SyntheticResults& results);
/// What one run tells of itself: error bars and p-values by resampling the test images of the first seed.
std::vector<Table> single_run_tables(const SyntheticResults& results);
std::vector<Figure> figures_of(const SyntheticResults& results);
Figure reliability_figure(const SyntheticResults& results);
/// Signs of memorisation that need no truth, where trainings were watched for them; else empty.
Table alarm_table(const SyntheticResults& results);
Figure alarm_figure(const SyntheticResults& results);
/// Which metric follows the distance to the truth (E5).
Table metric_study_table(const SyntheticResults& results);
Figure metric_study_figure(const SyntheticResults& results);
[[nodiscard]] std::vector<Claim> synthetic_claims();
std::vector<Finding> judge(const SyntheticResults& results);

}  // namespace reprise::deep_probability
