#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "workers/common/presentation.hpp"
#include "workers/deep_probability/synthetic_results.hpp"

namespace reprise::deep_probability {
namespace {

constexpr const char* kEmphasis =
    "Bold: the best that competes; underlined: within 2 paired standard errors of it. References compete "
    "with none.";

Column method_column(const SyntheticResults& results) {
  std::vector<std::string> labels;
  for (const auto& method : results.methods) labels.push_back(method.label());
  return parameter("method", "method", std::move(labels));
}

Column standing_column(const SyntheticResults& results) {
  std::vector<std::string> words;
  for (const auto& method : results.methods) {
    const auto standing = method_name(method.id).standing;
    words.emplace_back(standing == Standing::paper  ? "paper's"
                       : standing == Standing::ours ? "ours"
                                                    : "reference");
  }
  return parameter("standing", "whose", std::move(words));
}

/// Means over seeds of all methods; `sign` -1 where more is better, 0 where nothing is.
Column metric_column(const SyntheticResults& results, std::size_t scenario, std::string name,
                     std::string label, std::string unit, Metric metric, double sign = 1, double by = 1) {
  std::vector<Estimate> means;
  for (const auto& method : results.methods) means.push_back(results.mean(method, scenario, metric));
  auto column = measured(std::move(name), std::move(label), std::move(unit), scaled(std::move(means), by));
  if (sign != 0) column.emphasis = results.emphasis(scenario, metric, sign);
  return column;
}

std::string identifier(Scenario scenario) {
  return std::string(name_of(scenario));
}

/// The paper's main table (E4): distance to the true probabilities.
Table truth_table(const SyntheticResults& results) {
  Table table{
      "truth",
      "Distance to the true probabilities",
      fmt::format("MSE_p and KL_p of the test images, times 100, mean over {} seeds. {} The MSE_p of the "
                  "constant base rate is the variance of the true p. The paper's cells were not seen.",
                  results.seeds, kEmphasis),
      {method_column(results), standing_column(results), published(results.methods.size())}};
  for (std::size_t s = 0; s < results.scenarios.size(); ++s) {
    const auto scenario = results.scenarios[s];
    table.columns.push_back(metric_column(results, s, "squared_error_" + identifier(scenario),
                                          title(scenario) + ": MSE_p", "1e-2", &Scores::squared_error, 1,
                                          0.01));
    table.columns.push_back(metric_column(results, s, "divergence_" + identifier(scenario),
                                          title(scenario) + ": KL_p", "1e-2 nat", &Scores::divergence, 1,
                                          0.01));
  }
  return table;
}

Table outcome_table(const SyntheticResults& results, std::size_t s) {
  const auto scenario = results.scenarios[s];
  const auto column = [&](const char* name, const char* label, Metric metric, double sign = 1,
                          const char* unit = "") {
    return metric_column(results, s, name, label, unit, metric, sign);
  };
  return {"outcomes_" + identifier(scenario),
          "What outcomes tell: " + title(scenario),
          fmt::format(
              "Metrics of the test images that need no true probability, mean over {} seeds. {} Self-check: "
              "excess of the Brier score over its expectation, in its standard deviations (mean over seeds).",
              results.seeds, kEmphasis),
          {method_column(results), standing_column(results),
           column("calibration_error", "ECE", &Scores::calibration_error),
           column("largest_calibration_error", "MCE", &Scores::largest_calibration_error),
           column("kolmogorov_smirnov", "KS", &Scores::kolmogorov_smirnov),
           column("brier", "Brier", &Scores::brier),
           column("area_under_curve", "AUC", &Scores::area_under_curve, -1),
           column("log_loss", "log-loss", &Scores::log_loss, 1, "nat"),
           column("extreme", "outside [0.05, 0.95]", &Scores::extreme, 0),
           column("self_check", "self-check", &Scores::self_check, 0)}};
}

/// CaPE against cross-entropy continued as long and at the same rate: is it calibration, or only the small
/// rate?
Table equal_budget_table(const SyntheticResults& results) {
  Table table{"equal_budget",
              "CaPE-bin against training on as long at the same rate",
              fmt::format("MSE_p of the test images, times 100, {} seeds: CaPE-bin, cross-entropy continued "
                          "for the same epochs at the rate that CaPE-bin chose, and their paired difference.",
                          results.seeds),
              {}};
  std::vector<std::string> scenarios;
  for (const auto scenario : results.scenarios) scenarios.push_back(title(scenario));
  table.columns.push_back(parameter("scenario", "scenario", scenarios));
  for (const bool last : {false, true}) {
    const auto* const cape = results.find(last ? "cape_bin_last" : "cape_bin");
    const auto* const control = results.matched_control(last);
    if (cape == nullptr || control == nullptr) return {};
    std::vector<Estimate> of_cape;
    std::vector<Estimate> of_control;
    std::vector<Estimate> gaps;
    for (std::size_t s = 0; s < results.scenarios.size(); ++s) {
      of_cape.push_back(results.mean(*cape, s, &Scores::squared_error));
      of_control.push_back(results.mean(*control, s, &Scores::squared_error));
      gaps.push_back(results.difference(*cape, *control, s, &Scores::squared_error));
    }
    const std::string epoch = last ? "last epoch" : "best epoch";
    const std::string suffix = last ? "_last" : "_best";
    table.columns.push_back(measured("cape" + suffix, "CaPE-bin, " + epoch, "1e-2", scaled(of_cape, 0.01)));
    table.columns.push_back(
        measured("control" + suffix, "continued, " + epoch, "1e-2", scaled(of_control, 0.01)));
    table.columns.push_back(measured("gap" + suffix, "difference, " + epoch, "1e-2", scaled(gaps, 0.01)));
    table.columns.back().role = Role::difference;
  }
  return table;
}

/// Whether targets begin to memorise: their distance to the truth in the first and the last calibration
/// epoch.
Table target_table(const SyntheticResults& results) {
  std::vector<std::string> scenarios;
  std::vector<std::string> labels;
  std::vector<Estimate> first;
  std::vector<Estimate> last;
  std::vector<Estimate> rise;
  for (std::size_t s = 0; s < results.scenarios.size(); ++s)
    for (const char* const id : {"cape_bin", "cape_kernel", "cape_isotonic", "cape_cross_fitted"}) {
      const auto* const method = results.find(id);
      if (method == nullptr) continue;
      std::vector<double> at_first;
      std::vector<double> at_last;
      std::vector<double> rises;
      for (const auto& scores : method->scores[s]) {
        if (!scores || scores->target_error.empty()) continue;
        at_first.push_back(scores->target_error.front());
        at_last.push_back(scores->target_error.back());
        rises.push_back(at_last.back() - at_first.back());
      }
      scenarios.push_back(title(results.scenarios[s]));
      labels.push_back(method->label());
      first.push_back(mean_of(at_first));
      last.push_back(mean_of(at_last));
      rise.push_back(mean_of(rises));
    }
  Table table{
      "targets",
      "How far targets are from the truth",
      fmt::format("Mean squared distance of CaPE's targets to the true probabilities of the training images, "
                  "times 100, in the first and the last calibration epoch, mean over {} seeds. In-sample "
                  "targets can begin to follow the labels; cross-fitted ones stay as they are.",
                  results.seeds),
      {parameter("scenario", "scenario", scenarios), parameter("method", "targets of", labels),
       measured("first", "first", "1e-2", scaled(first, 0.01)),
       measured("last", "last", "1e-2", scaled(last, 0.01)),
       measured("rise", "last - first", "1e-2", scaled(rise, 0.01))}};
  table.columns.back().role = Role::difference;
  return table;
}

/// Wins, ties and losses of CaPE-bin against every other method that competes (P6).
Table rival_table(const SyntheticResults& results) {
  const auto* const cape = results.find("cape_bin");
  std::vector<std::string> labels;
  std::map<std::string, std::vector<double>> counts;
  for (const auto& method : results.methods) {
    if (cape == nullptr || &method == cape || !method.competes() || is_last_epoch(method.id)) continue;
    labels.push_back(method.label());
    for (const auto& [metric, of] :
         {std::pair{&Scores::squared_error, "MSE_p"}, {&Scores::divergence, "KL_p"}}) {
      double won = 0;
      double tied = 0;
      double lost = 0;
      for (std::size_t s = 0; s < results.scenarios.size(); ++s) {
        const auto gap = results.difference(*cape, method, s, metric);
        if (!(gap.standard_error >= 0)) continue;
        (gap.value < -2 * gap.standard_error ? won : gap.value > 2 * gap.standard_error ? lost : tied) += 1;
      }
      counts[std::string(of) + " won"].push_back(won);
      counts[std::string(of) + " tied"].push_back(tied);
      counts[std::string(of) + " lost"].push_back(lost);
    }
  }
  Table table{"rivals",
              "CaPE-bin against each other method",
              fmt::format("In how many of {} scenarios it is better (won) or worse (lost) by more than 2 "
                          "paired standard errors over {} seeds, or neither (tied).",
                          results.scenarios.size(), results.seeds),
              {parameter("method", "against", labels)}};
  for (const char* const of : {"MSE_p", "KL_p"})
    for (const char* const how : {"won", "tied", "lost"}) {
      const auto heading = std::string(of) + " " + how;
      table.columns.push_back(
          {std::string(of == std::string("MSE_p") ? "squared_error_" : "divergence_") + how, heading, "",
           Role::measured, counts[heading]});
    }
  return table;
}

}  // namespace

std::vector<Table> tables_of(const SyntheticResults& results) {
  std::vector<Table> tables{truth_table(results)};
  for (std::size_t s = 0; s < results.scenarios.size(); ++s) tables.push_back(outcome_table(results, s));
  for (auto& table :
       {rival_table(results), equal_budget_table(results), target_table(results), alarm_table(results)})
    if (!table.columns.empty() && !std::get<std::vector<std::string>>(table.columns[0].values).empty())
      tables.push_back(table);
  for (auto& table : released_tables(results)) tables.push_back(std::move(table));
  tables.push_back(metric_study_table(results));
  for (auto& table : single_run_tables(results)) tables.push_back(std::move(table));
  return tables;
}

}  // namespace reprise::deep_probability
