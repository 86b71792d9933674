#include "workers/deep_probability/metric_study.hpp"

#include <array>
#include <cmath>

#include "kernels/statistics/ranks.hpp"

namespace reprise::deep_probability {
namespace {

struct Metric {
  const char* name;
  double OutcomeMetrics::*value;
};

constexpr std::array kMetrics{Metric{"Brier", &OutcomeMetrics::brier},
                              Metric{"AUC", &OutcomeMetrics::area_under_curve},
                              Metric{"ECE", &OutcomeMetrics::calibration_error},
                              Metric{"MCE", &OutcomeMetrics::largest_calibration_error},
                              Metric{"KS", &OutcomeMetrics::kolmogorov_smirnov},
                              Metric{"log-loss", &OutcomeMetrics::log_loss}};

}  // namespace

std::vector<MetricCorrelation> metric_correlations(const std::vector<ScoredModel>& models) {
  std::vector<MetricCorrelation> rows;
  for (const Scenario scenario : kScenarios) {
    bool any = false;
    for (const Metric& metric : kMetrics) {
      std::vector<double> values;
      std::vector<double> errors;
      for (const ScoredModel& model : models) {
        any = any || model.scenario == scenario;
        const double value = model.outcome.*metric.value;
        if (model.scenario == scenario && std::isfinite(value) && std::isfinite(model.truth.squared_error)) {
          values.push_back(value);
          errors.push_back(model.truth.squared_error);
        }
      }
      if (any) {
        rows.push_back({scenario, metric.name, pearson_correlation(values, errors),
                        spearman_correlation(values, errors), values.size()});
      }
    }
  }
  return rows;
}

std::vector<double> metric_ranks(const std::vector<MetricCorrelation>& rows) {
  const auto counts = [](const MetricCorrelation& row) {
    return row.metric != "log-loss" && std::isfinite(row.spearman);
  };
  std::vector<double> ranks;
  for (const auto& row : rows) {
    double rank = counts(row) ? 0.5 : std::nan("");
    for (const auto& other : rows) {
      if (other.scenario != row.scenario || !counts(other)) continue;
      const double gap = std::abs(other.spearman) - std::abs(row.spearman);
      rank += gap > 0 ? 1.0 : gap == 0 ? 0.5 : 0.0;  // the row itself is tied with itself
    }
    ranks.push_back(rank);
  }
  return ranks;
}

}  // namespace reprise::deep_probability
