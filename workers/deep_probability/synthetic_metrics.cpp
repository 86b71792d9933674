#include <cmath>
#include <limits>

#include "workers/common/presentation.hpp"
#include "workers/deep_probability/metric_study.hpp"
#include "workers/deep_probability/synthetic_results.hpp"

namespace reprise::deep_probability {

/// Which metric follows the distance to the truth (E5): correlations over methods and seeds, within a
/// scenario.
Table metric_study_table(const SyntheticResults& results) {
  std::vector<std::string> scenario;
  std::vector<std::string> metric;
  std::vector<double> pearson;
  std::vector<double> spearman;
  std::vector<double> without;
  std::vector<double> rank;
  std::vector<double> models;
  const auto all = metric_correlations(scored_models(results, true));
  const auto fitted = metric_correlations(scored_models(results, false));
  const auto ranks = metric_ranks(fitted);
  for (std::size_t i = 0; i < all.size(); ++i) {
    scenario.push_back(title(all[i].scenario));
    metric.push_back(all[i].metric);
    pearson.push_back(all[i].pearson);
    spearman.push_back(all[i].spearman);
    without.push_back(fitted[i].spearman);
    rank.push_back(ranks[i]);
    models.push_back(static_cast<double>(all[i].models));
  }
  const auto found = [](const char* name, const char* label, std::vector<double> values) {
    return Column{name, label, "", Role::measured, std::move(values), {}, 3};
  };
  const auto count = scenario.size();
  return {"metric_study",
          "Which metric follows MSE_p",
          "Correlations with MSE_p over methods and seeds, within a scenario: noise floors differ between "
          "scenarios. Rank: of |Spearman| without the last epochs, among the paper's five metrics. The "
          "paper's coefficients were not seen.",
          {parameter("scenario", "scenario", scenario), parameter("metric", "metric", metric),
           published(count), found("pearson", "Pearson", pearson), found("spearman", "Spearman", spearman),
           found("spearman_fitted", "Spearman without last epochs", without), found("rank", "rank", rank),
           Column{"models", "models", "", Role::parameter, models}}};
}

Figure metric_study_figure(const SyntheticResults& results) {
  struct Against {
    const char* label;
    double OutcomeMetrics::*metric;
  };
  const Against metrics[] = {{"Brier", &OutcomeMetrics::brier},
                             {"AUC", &OutcomeMetrics::area_under_curve},
                             {"ECE", &OutcomeMetrics::calibration_error},
                             {"MCE", &OutcomeMetrics::largest_calibration_error},
                             {"KS", &OutcomeMetrics::kolmogorov_smirnov}};
  Figure figure{"metric_study",
                "Metrics against the distance to the truth",
                "Each point a method at a seed; the noise floor of a scenario shifts its Brier scores.",
                {},
                3};
  const auto models = scored_models(results, true);
  for (const auto& [label, metric] : metrics) {
    Panel panel{"", {"MSE_p"}, {label}, {}};
    for (std::size_t s = 0; s < results.scenarios.size(); ++s) {
      Series one{title(results.scenarios[s]), SeriesStyle::points, {}, {}, {}, {}, static_cast<int>(s)};
      for (const auto& model : models) {
        if (model.scenario != results.scenarios[s]) continue;
        one.x.push_back(model.truth.squared_error);
        one.y.push_back(model.outcome.*metric);
      }
      panel.series.push_back(std::move(one));
    }
    figure.panels.push_back(std::move(panel));
  }
  return figure;
}

std::vector<ScoredModel> scored_models(const SyntheticResults& results, bool with_last) {
  std::vector<ScoredModel> models;
  for (const auto& method : results.methods) {
    if (method.id == "base_rate" || (!with_last && is_last_epoch(method.id))) continue;
    for (std::size_t s = 0; s < results.scenarios.size(); ++s)
      for (const auto& scores : method.scores[s])
        if (scores)
          models.push_back(
              {results.scenarios[s],
               {scores->squared_error, scores->divergence, std::numeric_limits<double>::quiet_NaN()},
               {scores->brier, scores->log_loss, scores->area_under_curve, scores->calibration_error,
                scores->largest_calibration_error, scores->kolmogorov_smirnov, scores->error_percent}});
  }
  return models;
}

}  // namespace reprise::deep_probability
