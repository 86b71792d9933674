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
constexpr Shown kColumns[] = {{"infinite_data", "infinite data"},
                              {"ce_last", "overfit"},
                              {"ce", "early stop"},
                              {"cape_bin", "CaPE-bin"}};

const Scores* first_seed(const SyntheticResults& results, const char* id, std::size_t scenario) {
  const auto* const method = results.find(id);
  return method != nullptr && method->scores[scenario][0] ? &*method->scores[scenario][0] : nullptr;
}

constexpr std::size_t kImages = 800;  ///< shown of each scenario

/// Predicted against true, and the share of events in five bins of equal width with its consistency band.
Panel scatter_panel(const std::string& label, const Scores& scores, const Spread* spread) {
  Panel panel{label, {"predicted p"}, {"true p, share of events"}, {}};
  panel.x.from = panel.y.from = 0.0;
  panel.x.to = panel.y.to = 1.0;
  Series images{"images", SeriesStyle::cloud, {}, {}, {}, {}, 7};
  for (std::size_t i = 0; i < std::min(kImages, scores.predicted.size()); ++i) {
    images.x.push_back(scores.predicted[i]);
    images.y.push_back(scores.truth[i]);
  }
  panel.series.push_back(std::move(images));
  panel.series.push_back(curve("diagonal", {0, 1}, {0, 1}, 6, SeriesStyle::dashed));
  if (spread != nullptr) {
    const auto& bins = spread->fifths;
    panel.series.push_back(
        {"calibrated, 95 %", SeriesStyle::band, bins.predicted, bins.low, {}, bins.high, 1});
    panel.series.push_back({"share of events", SeriesStyle::line, bins.predicted, bins.observed, {}, {}, 0});
  }
  return panel;
}

/// Histograms of predictions, one for each level of the true probability.
Panel level_panel(const std::string& label, const Scores& scores) {
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

/// The paper's figure of predictions (E2): a row a scenario, infinite data, overfitting, early stopping and
/// calibration across. The paper shows Discrete and Linear.
Figure prediction_figure(const SyntheticResults& results, const char* id, std::string name,
                         const std::vector<Scenario>& rows) {
  Figure figure{
      id,
      std::move(name),
      fmt::format(
          "Test images of seed 0. Discrete: density of predictions at each true level (dotted lines). "
          "Others: {} images, and the share of events in 5 bins of equal width with the band in which "
          "it would lie if the predictions were true.",
          kImages),
      {},
      4};
  for (const auto row : rows) {
    const auto at = std::ranges::find(results.scenarios, row);
    if (at == results.scenarios.end()) continue;
    const auto s = static_cast<std::size_t>(at - results.scenarios.begin());
    for (const auto& [method, label] : kColumns) {
      const auto* const scores = first_seed(results, method, s);
      if (scores == nullptr) continue;
      const auto& spread = results.find(method)->spread;
      const auto heading = fmt::format("{}: {}", title(row), label);
      figure.panels.push_back(
          row == Scenario::discrete
              ? level_panel(heading, *scores)
              : scatter_panel(heading, *scores, s < spread.size() && spread[s] ? &*spread[s] : nullptr));
    }
  }
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
      {"cape_cross_fitted", {"CaPE-bin, cross-fitted", SeriesStyle::dashed}},
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

}  // namespace

std::vector<Figure> figures_of(const SyntheticResults& results) {
  std::vector<Figure> figures{
      prediction_figure(results, "predictions", "Predictions: Discrete and Linear",
                        {Scenario::discrete, Scenario::linear}),
      prediction_figure(results, "predictions_others", "Predictions: the other scenarios",
                        {Scenario::sigmoid, Scenario::centered, Scenario::skewed}),
      reliability_figure(results)};
  for (std::size_t s = 0; s < results.scenarios.size(); ++s) figures.push_back(learning_figure(results, s));
  figures.push_back(alarm_figure(results));
  figures.push_back(metric_study_figure(results));
  std::erase_if(figures, [](const Figure& figure) { return figure.panels.empty(); });
  return figures;
}

}  // namespace reprise::deep_probability
