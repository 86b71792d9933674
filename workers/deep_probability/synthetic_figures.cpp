#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "workers/common/presentation.hpp"
#include "workers/deep_probability/calibration_error.hpp"
#include "workers/deep_probability/synthetic_results.hpp"

namespace reprise::deep_probability {
namespace {

struct Shown {
  const char* id;
  const char* label;
};
constexpr Shown kColumns[] = {{"infinite_data", "Infinite data"},
                              {"ce_last", "Overfit"},
                              {"ce", "Early stop"},
                              {"cape_bin", "CaPE-bin"}};

const Scores* first_seed(const SyntheticResults& results, const char* id, std::size_t scenario) {
  const auto* const method = results.find(id);
  return method != nullptr && method->scores[scenario][0] ? &*method->scores[scenario][0] : nullptr;
}

/// Predicted against true, a thousand images, with the reliability curve.
Panel scatter_panel(const char* label, const Scores& scores) {
  constexpr std::size_t kShown = 800;
  Panel panel{label, {"predicted p"}, {"true p"}, {}};
  panel.x.from = panel.y.from = 0.0;
  panel.x.to = panel.y.to = 1.0;
  Series images{"images", SeriesStyle::points, {}, {}, {}, {}, 7};
  for (std::size_t i = 0; i < std::min(kShown, scores.predicted.size()); ++i) {
    images.x.push_back(scores.predicted[i]);
    images.y.push_back(scores.truth[i]);
  }
  panel.series.push_back(std::move(images));
  panel.series.push_back(curve("diagonal", {0, 1}, {0, 1}, 6, SeriesStyle::dashed));
  panel.series.push_back(
      {"events in each tenth", SeriesStyle::line, scores.bin_predicted, scores.bin_observed, {}, {}, 0});
  return panel;
}

/// Histograms of predictions, one for each level of the true probability.
Panel level_panel(const char* label, const Scores& scores) {
  constexpr int kBins = 20;
  std::map<double, std::vector<double>> levels;
  for (std::size_t i = 0; i < scores.predicted.size(); ++i) {
    auto& counts = levels[std::round(scores.truth[i] * 1000) / 1000];
    counts.resize(kBins, 0.0);
    ++counts[static_cast<std::size_t>(equal_width_bin(scores.predicted[i], kBins))];
  }
  Panel panel{label, {"predicted p"}, {"density"}, {}};
  panel.x.from = 0.0;
  panel.x.to = 1.0;
  int colour = 0;
  for (const auto& [level, counts] : levels) {
    double total = 0;
    for (const double count : counts) total += count;
    Series steps{fmt::format("p = {:g}", level), SeriesStyle::steps, {}, {}, {}, {}, colour++};
    for (std::size_t b = 0; b < counts.size(); ++b) {
      steps.x.push_back((static_cast<double>(b) + 0.5) / kBins);
      steps.y.push_back(counts[b] / total * kBins);
    }
    panel.series.push_back(std::move(steps));
    panel.marks.push_back({level, ""});
  }
  return panel;
}

/// The paper's figure of predictions under overfitting, early stopping and calibration.
Figure prediction_figure(const SyntheticResults& results, std::size_t s) {
  const bool discrete = results.scenarios[s] == Scenario::discrete;
  Figure figure{
      fmt::format("predictions_{}", name_of(results.scenarios[s])),
      "Predictions: " + title(results.scenarios[s]),
      discrete
          ? "Predictions for the test images of seed 0 by true level."
          : "Test images of seed 0, and the share of events against the mean prediction in each tenth of "
            "them.",
      {},
      2};
  for (const auto& [id, label] : kColumns)
    if (const auto* const scores = first_seed(results, id, s))
      figure.panels.push_back(discrete ? level_panel(label, *scores) : scatter_panel(label, *scores));
  return figure;
}

/// Mean over seeds and over up to five neighbouring epochs.
std::vector<double> smoothed(const std::vector<std::optional<Curve>>& curves,
                             std::vector<double> Curve::*what) {
  std::vector<double> mean;
  double count = 0;
  for (const auto& one : curves) {
    if (!one) continue;
    const auto& values = (*one).*what;
    mean.resize(values.size(), 0.0);
    for (std::size_t e = 0; e < values.size(); ++e) mean[e] += values[e];
    ++count;
  }
  std::vector<double> result;
  for (std::size_t e = 0; e < mean.size(); ++e) {
    const std::size_t reach = std::min({std::size_t{2}, e, mean.size() - 1 - e});
    double sum = 0;
    for (std::size_t k = e - reach; k <= e + reach; ++k) sum += mean[k];
    result.push_back(sum / count / static_cast<double>(2 * reach + 1));
  }
  return result;
}

Figure learning_figure(const SyntheticResults& results, std::size_t s) {
  struct Quantity {
    const char* label;
    const char* unit;
    std::vector<double> Curve::*values;
  };
  const Quantity quantities[] = {{"training loss", "nat", &Curve::training_loss},
                                 {"validation loss", "nat", &Curve::validation_loss},
                                 {"validation MSE_p", "", &Curve::squared_error},
                                 {"validation KL_p", "nat", &Curve::divergence}};
  const std::map<std::string, std::pair<std::string, SeriesStyle>> looks{
      {"ce", {"cross-entropy", SeriesStyle::line}},
      {"cape_bin", {"CaPE-bin", SeriesStyle::dashed}},
      {"cape_kernel", {"CaPE-kde", SeriesStyle::dashed}},
      {"cape_isotonic", {"CaPE-isotonic", SeriesStyle::dashed}},
      {"control", {"cross-entropy, continued", SeriesStyle::dotted}}};
  Figure figure{
      fmt::format("learning_{}", name_of(results.scenarios[s])),
      "Learning curves: " + title(results.scenarios[s]),
      fmt::format(
          "Mean over {} seeds and five epochs. Refinements go on from the mean epoch at which training "
          "was stopped early.",
          results.seeds),
      {},
      2};
  double start = 0;
  double count = 0;
  for (const auto epoch : results.curves.front().best_epoch[s])
    if (epoch >= 0) {
      start += epoch + 1;
      ++count;
    }
  start = count > 0 ? start / count : 0;
  for (const auto& quantity : quantities) {
    Panel panel{"", {"epoch"}, {quantity.label, quantity.unit}, {}};
    int colour = 0;
    for (const auto& method : results.curves) {
      const auto& [label, style] = looks.at(method.id);
      auto y = smoothed(method.curves[s], quantity.values);
      std::vector<double> x;
      for (std::size_t e = 0; e < y.size(); ++e)
        x.push_back(static_cast<double>(e + 1) + (method.id == "ce" ? 0 : start));
      panel.series.push_back(curve(label, std::move(x), std::move(y), colour++, style));
    }
    figure.panels.push_back(std::move(panel));
  }
  return figure;
}

Figure metric_figure(const SyntheticResults& results) {
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

}  // namespace

std::vector<Figure> figures_of(const SyntheticResults& results) {
  std::vector<Figure> figures;
  for (std::size_t s = 0; s < results.scenarios.size(); ++s) {
    if (auto predictions = prediction_figure(results, s); !predictions.panels.empty())
      figures.push_back(std::move(predictions));
    figures.push_back(learning_figure(results, s));
  }
  figures.push_back(metric_figure(results));
  return figures;
}

}  // namespace reprise::deep_probability
