#include "workers/deep_probability/synthetic_results.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "workers/common/presentation.hpp"
#include "workers/deep_probability/metric_study.hpp"
#include "workers/deep_probability/released_faces.hpp"

namespace reprise::deep_probability {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

std::vector<std::string> labels(const SyntheticResults& results) {
  std::vector<std::string> all;
  for (const auto& method : results.methods) all.push_back(method.label);
  return all;
}

std::vector<Estimate> means(const SyntheticResults& results, std::size_t scenario, Metric metric,
                            double by = 1) {
  std::vector<Estimate> all;
  for (const auto& method : results.methods) {
    const auto mean = results.mean(method, scenario, metric);
    all.push_back({mean.value * by, mean.standard_error * by});
  }
  return all;
}

std::string identifier(Scenario scenario) {
  return std::string(name_of(scenario));
}

/// The paper's main table: distance to the true probabilities.
Table truth_table(const SyntheticResults& results) {
  Table table{
      "truth",
      "Distance to the true probabilities",
      fmt::format(
          "MSE_p and KL_p of the test images, times 100, mean over {} seeds. The paper's cells were not "
          "seen.",
          results.seeds),
      {parameter("method", "method", labels(results)), published(results.methods.size())}};
  for (std::size_t s = 0; s < results.scenarios.size(); ++s) {
    const auto scenario = results.scenarios[s];
    table.columns.push_back(measured("squared_error_" + identifier(scenario), title(scenario) + ": MSE_p",
                                     "1e-2", means(results, s, &Scores::squared_error, 100)));
    table.columns.push_back(measured("divergence_" + identifier(scenario), title(scenario) + ": KL_p",
                                     "1e-2 nat", means(results, s, &Scores::divergence, 100)));
  }
  return table;
}

Table outcome_table(const SyntheticResults& results, std::size_t s) {
  const auto scenario = results.scenarios[s];
  const auto column = [&](const char* name, const char* label, Metric metric, const char* unit = "") {
    return measured(name, label, unit, means(results, s, metric));
  };
  return {
      "outcomes_" + identifier(scenario),
      "What outcomes tell: " + title(scenario),
      fmt::format(
          "Metrics of the test images that need no true probability, mean over {} seeds. Self-check: excess "
          "of the Brier score over its expectation, in its standard deviations (mean over seeds).",
          results.seeds),
      {parameter("method", "method", labels(results)),
       column("calibration_error", "ECE", &Scores::calibration_error),
       column("largest_calibration_error", "MCE", &Scores::largest_calibration_error),
       column("kolmogorov_smirnov", "KS", &Scores::kolmogorov_smirnov),
       column("brier", "Brier", &Scores::brier), column("area_under_curve", "AUC", &Scores::area_under_curve),
       column("log_loss", "log-loss", &Scores::log_loss, "nat"),
       column("extreme", "outside [0.05, 0.95]", &Scores::extreme),
       column("self_check", "self-check", &Scores::self_check)}};
}

Table released_table(const SyntheticResults& results) {
  std::vector<std::string> scenario;
  std::vector<std::string> model;
  struct Pair {
    const char* name;
    const char* label;
    double Released::*published;
    Metric metric;
    std::vector<double> faces;
    std::vector<Estimate> ours;
  };
  std::vector<Pair> pairs{
      {"squared_error", "MSE_p", &Released::squared_error, &Scores::squared_error, {}, {}},
      {"divergence", "KL_p", &Released::divergence, &Scores::divergence, {}, {}},
      {"brier", "Brier", &Released::brier, &Scores::brier, {}, {}},
      {"calibration_error", "ECE", &Released::calibration_error, &Scores::calibration_error, {}, {}},
      {"area_under_curve", "AUC", &Released::area_under_curve, &Scores::area_under_curve, {}, {}}};
  for (const auto& released : kReleased) {
    const auto at = std::ranges::find(results.scenarios, released.scenario);
    const auto* const method = results.find(released.method);
    if (at == results.scenarios.end()) continue;
    scenario.push_back(title(released.scenario));
    model.emplace_back(released.label);
    for (auto& pair : pairs) {
      pair.faces.push_back(released.*pair.published);
      pair.ours.push_back(
          method == nullptr
              ? Estimate{kNone, kNone}
              : results.mean(*method, static_cast<std::size_t>(at - results.scenarios.begin()), pair.metric));
    }
  }
  Table table{
      "released",
      "Beside the released predictions",
      "Published: the authors' predictions for 4738 held-out faces, one run each, in our metrics. Measured: "
      "the stand-in data. The data differ, so only the order of the rows can be compared.",
      {parameter("scenario", "scenario", scenario), parameter("model", "model", model)}};
  for (auto& pair : pairs) {
    table.columns.push_back(Column{std::string("published_") + pair.name, std::string(pair.label) + ", faces",
                                   "", Role::published, std::move(pair.faces)});
    table.columns.push_back(measured(pair.name, pair.label, "", pair.ours));
  }
  return table;
}

/// Which metric follows the distance to the truth: correlations over methods and seeds, within a scenario.
Table metric_table(const SyntheticResults& results) {
  std::vector<std::string> scenario;
  std::vector<std::string> metric;
  std::vector<double> pearson;
  std::vector<double> spearman;
  std::vector<double> without;
  std::vector<double> models;
  const auto all = metric_correlations(scored_models(results, true));
  const auto fitted = metric_correlations(scored_models(results, false));
  for (std::size_t i = 0; i < all.size(); ++i) {
    scenario.push_back(title(all[i].scenario));
    metric.push_back(all[i].metric);
    pearson.push_back(all[i].pearson);
    spearman.push_back(all[i].spearman);
    without.push_back(fitted[i].spearman);
    models.push_back(static_cast<double>(all[i].models));
  }
  const auto found = [](const char* name, const char* label, std::vector<double> values) {
    return Column{name, label, "", Role::measured, std::move(values), {}, 3};
  };
  const auto count = scenario.size();
  return {"metric_study",
          "Which metric follows MSE_p",
          "Correlations with MSE_p over methods and seeds, within a scenario: noise floors differ between "
          "scenarios. "
          "The paper's coefficients were not seen.",
          {parameter("scenario", "scenario", scenario), parameter("metric", "metric", metric),
           published(count), found("pearson", "Pearson", pearson), found("spearman", "Spearman", spearman),
           found("spearman_fitted", "Spearman without the overfitted", without),
           Column{"models", "models", "", Role::parameter, models}}};
}

}  // namespace

const MethodScores* SyntheticResults::find(std::string_view id) const {
  const auto found = std::ranges::find(methods, id, &MethodScores::id);
  return found == methods.end() ? nullptr : &*found;
}

const MethodCurve* SyntheticResults::find_curve(std::string_view id) const {
  const auto found = std::ranges::find(curves, id, &MethodCurve::id);
  return found == curves.end() ? nullptr : &*found;
}

Estimate SyntheticResults::mean(const MethodScores& method, std::size_t scenario, Metric metric) const {
  std::vector<double> values;
  for (const auto& scores : method.scores[scenario])
    if (scores) values.push_back((*scores).*metric);
  return mean_of(values);
}

Estimate SyntheticResults::difference(const MethodScores& a, const MethodScores& b, std::size_t scenario,
                                      Metric metric) const {
  std::vector<double> values;
  for (std::size_t seed = 0; seed < a.scores[scenario].size(); ++seed) {
    const auto& x = a.scores[scenario][seed];
    const auto& y = b.scores[scenario][seed];
    if (x && y) values.push_back((*x).*metric - (*y).*metric);
  }
  return mean_of(values);
}

std::size_t SyntheticResults::pairs(const MethodScores& a, const MethodScores& b,
                                    std::size_t scenario) const {
  std::size_t count = 0;
  for (std::size_t seed = 0; seed < a.scores[scenario].size(); ++seed)
    count += a.scores[scenario][seed] && b.scores[scenario][seed] ? 1U : 0U;
  return count;
}

std::string title(Scenario scenario) {
  std::string name(name_of(scenario));
  name[0] = static_cast<char>(name[0] - 'a' + 'A');
  return name;
}

std::vector<Table> tables_of(const SyntheticResults& results) {
  std::vector<Table> tables{truth_table(results)};
  for (std::size_t s = 0; s < results.scenarios.size(); ++s) tables.push_back(outcome_table(results, s));
  if (auto released = released_table(results);
      !std::get<std::vector<std::string>>(released.columns[0].values).empty())
    tables.push_back(std::move(released));
  tables.push_back(metric_table(results));
  return tables;
}

std::vector<ScoredModel> scored_models(const SyntheticResults& results, bool with_overfitted) {
  std::vector<ScoredModel> models;
  for (const auto& method : results.methods) {
    if (!with_overfitted && method.id == "ce_last") continue;
    for (std::size_t s = 0; s < results.scenarios.size(); ++s)
      for (const auto& scores : method.scores[s])
        if (scores)
          models.push_back(
              {results.scenarios[s],
               {scores->squared_error, scores->divergence, kNone},
               {scores->brier, scores->log_loss, scores->area_under_curve, scores->calibration_error,
                scores->largest_calibration_error, scores->kolmogorov_smirnov, scores->error_percent}});
  }
  return models;
}

}  // namespace reprise::deep_probability
