#include "workers/deep_probability/real_results.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "workers/common/presentation.hpp"
#include "workers/deep_probability/method_list.hpp"
#include "workers/deep_probability/released_faces.hpp"

namespace reprise::deep_probability {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

struct Shown {
  RealMetric metric;
  const char* name;
  const char* label;
  const char* unit;
  bool of_truth;
};
constexpr Shown kShown[] = {{RealMetric::area_under_curve, "area_under_curve", "AUC", "", false},
                            {RealMetric::ece, "calibration_error", "ECE", "", false},
                            {RealMetric::mce, "largest_calibration_error", "MCE", "", false},
                            {RealMetric::kolmogorov_smirnov, "kolmogorov_smirnov", "KS", "", false},
                            {RealMetric::brier, "brier", "Brier", "", false},
                            {RealMetric::squared_error, "squared_error", "MSE_p", "", true},
                            {RealMetric::divergence, "divergence", "KL_p", "nat", true}};

/// The cases of one scenario: all seeds.
struct Group {
  std::string suffix;  ///< of identifiers: "_linear"
  std::string title;   ///< ": linear"
  std::vector<std::size_t> cases;
};

std::vector<Group> groups_of(const RealResults& results) {
  std::vector<Group> groups;
  for (std::size_t c = 0; c < results.cases.size(); ++c) {
    const std::string name(of_faces(results.source) ? name_of(results.cases[c].scenario) : "");
    if (results.cases[c].seed == 0)
      groups.push_back({name.empty() ? "" : "_" + name, name.empty() ? "" : ": " + name, {}});
    groups.back().cases.push_back(c);
  }
  return groups;
}

/// Of one seed with the spread over resampled test samples, of several with that over seeds.
Estimate estimate(const RealMethod& method, const Group& group, RealMetric metric) {
  const auto at = static_cast<std::size_t>(metric);
  std::vector<double> values;
  for (const auto c : group.cases)
    if (const auto& found = method.cases[c].intervals) values.push_back(found->value.at(at));
  if (group.cases.size() > 1) return mean_of(values);
  const auto& only = method.cases[group.cases[0]].intervals;
  return only ? Estimate{only->value.at(at), only->standard_error.at(at)} : Estimate{kNone, kNone};
}

std::vector<std::string> labels(const RealResults& results) {
  std::vector<std::string> all;
  for (const auto& method : results.methods) all.emplace_back(method_name(method.id).label);
  return all;
}

/// What was seen of the paper: of some methods on faces, predictions; of everything else no number.
Column published_column(const RealResults& results, const Group& group) {
  auto column = published(results.methods.size(), "not available");
  if (!of_faces(results.source)) return column;
  auto& cells = std::get<std::vector<std::string>>(column.values);
  for (std::size_t m = 0; m < results.methods.size(); ++m)
    for (const auto& released : kReleased)
      if (released.scenario == results.cases[group.cases[0]].scenario &&
          released.method == results.methods[m].id)
        cells[m] = fmt::format(
            "AUC {:.4f}, ECE {:.4f}, MCE {:.4f}, KS {:.4f}, Brier {:.4f}, MSE_p {:.4f}, KL_p {:.4f}",
            released.area_under_curve, released.calibration_error, released.largest_calibration_error,
            released.kolmogorov_smirnov, released.brier, released.squared_error, released.divergence);
  return column;
}

Table outcome_table(const RealResults& results, const Group& group) {
  const auto seeds = group.cases.size();
  Table table{
      "outcomes" + group.suffix,
      "Methods on real data" + group.title,
      seeds == 1
          ? fmt::format("Metrics of {} test samples, one run; errors over {} resamples of the samples.",
                        results.test, results.resamples)
          : fmt::format("Metrics of {} test samples, mean over {} seeds with its error.", results.test,
                        seeds),
      {parameter("method", "method", labels(results)), published_column(results, group)}};
  for (const auto& shown : kShown) {
    if (shown.of_truth && !of_faces(results.source)) continue;
    std::vector<Estimate> values;
    for (const auto& method : results.methods) values.push_back(estimate(method, group, shown.metric));
    table.columns.push_back(measured(shown.name, shown.label, shown.unit, values));
  }
  return table;
}

Table interval_table(const RealResults& results, const Group& group) {
  Table table{
      "intervals" + group.suffix,
      "95 % intervals" + group.title,
      fmt::format(
          "Between the 2.5th and the 97.5th percentile of {} resamples of the test samples, first seed. "
          "Those of ECE and MCE lie high: resampling adds noise of its own to what is observed in a bin.",
          results.resamples),
      {parameter("method", "method", labels(results))}};
  for (const auto& shown : kShown) {
    if (shown.of_truth && !of_faces(results.source)) continue;
    const auto end = [&](const char* name, const char* label, std::vector<double> Intervals::*ends) {
      std::vector<double> values;
      for (const auto& method : results.methods) {
        const auto& found = method.cases[group.cases[0]].intervals;
        values.push_back(found ? ((*found).*ends).at(static_cast<std::size_t>(shown.metric)) : kNone);
      }
      table.columns.push_back(Column{fmt::format("{}_{}", shown.name, name),
                                     fmt::format("{}, {}", shown.label, label), shown.unit, Role::measured,
                                     std::move(values)});
    };
    end("low", "from", &Intervals::low);
    end("high", "to", &Intervals::high);
  }
  return table;
}

/// The method of the paper's table, neither cross-entropy nor CaPE, with the least Brier score.
const RealMethod* best_baseline(const RealResults& results, std::size_t at) {
  const RealMethod* best = nullptr;
  for (const auto& method : results.methods) {
    if (method_name(method.id).standing != Standing::paper || method.id == "ce" ||
        method.id.starts_with("cape"))
      continue;
    if (!method.cases[at].scores) continue;
    if (best == nullptr || method.cases[at].scores->brier < best->cases[at].scores->brier) best = &method;
  }
  return best;
}

Figure reliability_figure(const RealResults& results, const Group& group) {
  Figure figure{"reliability" + group.suffix,
                "Reliability" + group.title,
                "Share of events over the mean prediction in 10 quantile bins of the test samples, first "
                "seed: early stopping, the baseline with the least Brier score, and CaPE. On the diagonal "
                "predictions are calibrated.",
                {},
                3};
  const auto at = group.cases[0];
  for (const auto* const method : {results.find("ce"), best_baseline(results, at), results.find("cape_bin"),
                                   results.find("cape_kernel")}) {
    if (method == nullptr || !method->cases[at].scores) continue;
    const auto& scores = *method->cases[at].scores;
    Panel panel{method_name(method->id).label, {"predicted p"}, {"share of events"}, {}};
    panel.x.from = panel.y.from = 0.0;
    panel.x.to = panel.y.to = 1.0;
    panel.series = {
        curve("calibrated", {0, 1}, {0, 1}, 6, SeriesStyle::dashed),
        {"events in each tenth", SeriesStyle::line, scores.bin_predicted, scores.bin_observed, {}, {}, 0}};
    figure.panels.push_back(std::move(panel));
  }
  return figure;
}

constexpr double kErrors = 2;  ///< standard errors that a gain must exceed
constexpr std::uint32_t kLeastTraining = 10000;
constexpr std::uint32_t kLeastTest = 2000;
constexpr std::int32_t kLeastSide = 200;

/// MSE_p of early stopping less that of CaPE-bin over the cases of a scenario, and relative to early
/// stopping.
struct Gain {
  Estimate difference{kNone, kNone};
  double relative = kNone;
};

Gain gain_of(const RealResults& results, Scenario scenario) {
  const auto* const early = results.find("ce");
  const auto* const cape = results.find("cape_bin");
  if (early == nullptr || cape == nullptr) return {};
  std::vector<double> differences;
  std::vector<double> before;
  const Scores* pair[2] = {nullptr, nullptr};
  for (std::size_t c = 0; c < results.cases.size(); ++c) {
    if (results.cases[c].scenario != scenario) continue;
    const auto& a = early->cases[c].scores;
    const auto& b = cape->cases[c].scores;
    if (!a || !b || a->truth.empty()) return {};
    before.push_back(a->squared_error);
    differences.push_back(a->squared_error - b->squared_error);
    pair[0] = &*a;
    pair[1] = &*b;
  }
  if (differences.empty()) return {};
  if (differences.size() == 1) {
    differences.clear();
    const auto error = [](const Scores& scores, std::size_t i) {
      return (scores.predicted[i] - scores.truth[i]) * (scores.predicted[i] - scores.truth[i]);
    };
    for (std::size_t i = 0; i < pair[0]->truth.size(); ++i)
      differences.push_back(error(*pair[0], i) - error(*pair[1], i));
  }
  const auto mean = mean_of(differences);
  return {mean, mean.value / mean_of(before).value};
}

}  // namespace

const RealMethod* RealResults::find(std::string_view id) const {
  const auto found = std::ranges::find(methods, id, &RealMethod::id);
  return found == methods.end() ? nullptr : &*found;
}

std::vector<Table> tables_of(const RealResults& results) {
  std::vector<Table> tables;
  for (const auto& group : groups_of(results)) {
    tables.push_back(outcome_table(results, group));
    tables.push_back(interval_table(results, group));
  }
  return tables;
}

std::vector<Figure> figures_of(const RealResults& results) {
  std::vector<Figure> figures;
  for (const auto& group : groups_of(results)) figures.push_back(reliability_figure(results, group));
  return figures;
}

Claim faces_claim() {
  return {"P8",
          "On faces CaPE comes closer to the true probabilities than the early-stopped network that it "
          "starts from.",
          "MSE_p lower by 34 % in the linear and by 5 % in the discrete scenario, one run each",
          "predictions that the authors released, scored by us",
          "MSE_p of early stopping minus that of CaPE-bin exceeds 2 paired standard errors in both scenarios "
          "(over seeds; of one run over test faces)",
          "ResNet-18 on at least 10000 training and 2000 test faces of 200 x 200 pixels"};
}

Finding judge_faces(const RealResults& results) {
  Finding finding{"P8"};
  finding.rows =
      "task deep_probability.real_assessment, methods ce and cape_bin: squared_error, and predicted beside "
      "truth";
  if (!of_faces(results.source)) {
    finding.remark = "these data are not faces";
    return finding;
  }
  const auto linear = gain_of(results, Scenario::linear);
  const auto discrete = gain_of(results, Scenario::discrete);
  const auto shown = [](const Gain& gain) {
    return std::isnan(gain.relative) ? std::string("missing") : fmt::format("{:.1f} %", 100 * gain.relative);
  };
  finding.measured = fmt::format("MSE_p lower by {} (linear), {} (discrete)", shown(linear), shown(discrete));
  finding.value = linear.relative;
  if (std::isnan(linear.relative) || std::isnan(discrete.relative)) {
    finding.remark = "needs cross-entropy and CaPE-bin in both scenarios";
  } else if (results.architecture != Architecture::resnet18 || results.training < kLeastTraining ||
             results.test < kLeastTest || results.side < kLeastSide) {
    finding.remark =
        fmt::format("{} on {} training and {} test faces of {} pixels is below the claim's scale",
                    name_of(results.architecture), results.training, results.test, results.side);
  } else {
    const auto holds = [](const Gain& gain) {
      return gain.difference.value > kErrors * gain.difference.standard_error;
    };
    finding.verdict = holds(linear) && holds(discrete) ? Verdict::reproduced : Verdict::not_reproduced;
  }
  return finding;
}

}  // namespace reprise::deep_probability
