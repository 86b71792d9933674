#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "workers/common/presentation.hpp"
#include "workers/mptq_vit/mixed_bits.hpp"

namespace reprise::mptq_vit {
namespace {

Estimate accuracy_of(const std::vector<BitsOutcome>& seeds) {
  std::vector<Accuracy> accuracies;
  for (const auto& one : seeds) accuracies.push_back(one.accuracy);
  return or_missing(mean_accuracy(accuracies));
}

/// Mean and error over seeds of a number of each outcome.
template <class Number>
Estimate over_seeds(const std::vector<BitsOutcome>& seeds, const Number& number) {
  std::vector<double> values;
  for (const auto& one : seeds)
    if (!one.accuracy.hit.empty()) values.push_back(number(one));
  if (values.empty()) return {NAN, NAN};
  if (values.size() == 1) return {values[0], NAN};
  return mean_with_error(values);
}

Table outcome_table(const MixedResults& results) {
  std::vector<std::string> model;
  std::vector<double> mean;
  std::vector<std::string> method;
  std::vector<Estimate> accuracy, loss, weight_bits, activation_bits, megabytes, operations;
  std::vector<Emphasis> emphasis;
  const auto add = [&](std::size_t m, double bits, const std::string& title,
                       const std::vector<BitsOutcome>& seeds) {
    model.push_back(title_of(results.models[m]));
    mean.push_back(bits);
    method.push_back(title);
    accuracy.push_back(accuracy_of(seeds));
    loss.push_back(over_seeds(seeds, [](const auto& one) { return one.loss; }));
    weight_bits.push_back(over_seeds(seeds, [](const auto& one) { return one.weight_bits; }));
    activation_bits.push_back(over_seeds(seeds, [](const auto& one) { return one.activation_bits; }));
    megabytes.push_back(over_seeds(seeds, [](const auto& one) { return one.cost.bytes / 1e6; }));
    operations.push_back(over_seeds(seeds, [](const auto& one) { return one.cost.bit_operations / 1e9; }));
  };
  for (std::size_t m = 0; m < results.models.size(); ++m) {
    BitsOutcome whole;
    whole.weight_bits = whole.activation_bits = 32;
    whole.loss = 0;
    whole.cost = cost_of(shape_of(results.models[m]), {});
    whole.accuracy = results.single_precision[m];
    add(m, 32, "single precision", {whole});
    emphasis.push_back(Emphasis::none);
    for (std::size_t b = 0; b < results.means.size(); ++b) {
      const auto first = accuracy.size();
      for (const auto& one : results.methods) add(m, results.means[b], one.title, one.outcomes[m][b]);
      double best = -1;
      for (auto i = first; i < accuracy.size(); ++i) best = std::max(best, accuracy[i].value);
      for (auto i = first; i < accuracy.size(); ++i)
        emphasis.push_back(accuracy[i].value == best ? Emphasis::best : Emphasis::none);
    }
  }
  auto shown = measured("accuracy", "top-1", "%", accuracy);
  shown.emphasis = std::move(emphasis);
  auto size = measured("size", "size", "MB", megabytes);
  auto work = measured("operations", "bit operations", "1e9", operations);
  size.standard_error.clear();
  work.standard_error.clear();
  return {"mixed",
          fmt::format("Mixed bits at the same mean, scheme {}", results.scheme == Scheme::full ? "F" : "P"),
          "Mean over calibration sets. Loss: Kullback-Leibler divergence of predictions from the model's "
          "own, on the calibration images that a search looks at. Size: packed weights, their scales and all "
          "else in single precision. Bit operations of an image: products times bits of both factors. The "
          "paper's own cells were not seen.",
          {parameter("model", "model", model), parameter("mean", "mean bits", "bit", mean),
           parameter("method", "method", method), shown, measured("loss", "loss", "nat", loss),
           measured("weight_bits", "bits of weights", "bit", weight_bits),
           measured("activation_bits", "bits of activations", "bit", activation_bits), size, work}};
}

/// Gains of searched over uniform bits and over the best random allocation.
Table gain_table(const MixedResults& results) {
  std::vector<std::string> model, method, over;
  std::vector<double> mean;
  std::vector<std::vector<Estimate>> gain(static_cast<std::size_t>(results.seeds));
  for (std::size_t m = 0; m < results.models.size(); ++m)
    for (std::size_t b = 0; b < results.means.size(); ++b)
      for (const auto& one : results.methods) {
        if (one.kind != BitsMethod::Kind::searched) continue;
        for (const auto& other : results.methods) {
          if (&other == &one || other.kind == BitsMethod::Kind::baseline) continue;
          if (other.kind == BitsMethod::Kind::searched && other.id <= one.id) continue;
          model.push_back(title_of(results.models[m]));
          mean.push_back(results.means[b]);
          method.push_back(one.title);
          over.push_back(other.title);
          for (std::size_t s = 0; s < gain.size(); ++s)
            gain[s].push_back(
                or_missing(paired_gain(one.outcomes[m][b][s].accuracy, other.outcomes[m][b][s].accuracy)));
        }
      }
  Table table{"mixed_gains",
              "Gains, image by image",
              "Difference of top-1 accuracies in points, with the standard error of pairs over the test "
              "images, for each calibration set.",
              {parameter("model", "model", model), parameter("mean", "mean bits", "bit", mean),
               parameter("method", "method", method), parameter("over", "over", over)}};
  for (std::size_t s = 0; s < gain.size(); ++s) {
    auto column = measured(fmt::format("gain_{}", s),
                           fmt::format("calibration set {}", kFirstCalibrationSeed + s), "%", gain[s]);
    column.role = Role::difference;
    column.digits = 3;
    table.columns.push_back(std::move(column));
  }
  return table;
}

/// Every step of every search of the first calibration set: its front of bits and metric.
Table path_table(const MixedResults& results) {
  std::vector<std::string> model, search, unit;
  std::vector<double> mean, step, bits, metric, weight_bits, activation_bits;
  for (const auto& [m, b, how, path, units] : results.paths) {
    const Units names(shape_of(results.models[m]));
    for (std::size_t i = 0; i < path.steps.size(); ++i) {
      const auto& one = path.steps[i];
      model.push_back(title_of(results.models[m]));
      mean.push_back(results.means[b]);
      search.emplace_back(name_of(how));
      step.push_back(static_cast<double>(i + 1));
      unit.push_back(names.name(units[one.unit]));
      bits.push_back(one.bits);
      metric.push_back(one.metric);
      weight_bits.push_back(one.weight_bits);
      activation_bits.push_back(one.activation_bits);
    }
  }
  return {
      "path",
      "Steps of the searches",
      "Of the first calibration set. Metric: loss gained, in nat, over the share of the class's elements.",
      {parameter("model", "model", model), parameter("mean", "mean bits", "bit", mean),
       parameter("search", "search", search), parameter("step", "step", "", step),
       parameter("unit", "lowered", unit), parameter("bits", "to", "bit", bits),
       parameter("metric", "metric", "nat", metric),
       parameter("weight_bits", "mean, weights", "bit", weight_bits),
       parameter("activation_bits", "mean, activations", "bit", activation_bits)}};
}

/// Accuracy over mean bits: the front of each way to give them.
Figure pareto_figure(const MixedResults& results) {
  Figure figure{"pareto",
                "Accuracy over mean bits",
                "Top-1 accuracy over the mean bits of activations, mean over calibration sets with its "
                "error. The line is the model in single precision.",
                {},
                2};
  for (std::size_t m = 0; m < results.models.size(); ++m) {
    const auto [least, most] = std::ranges::minmax(results.means);
    Panel panel{title_of(results.models[m]),
                {"mean bits", "bit", false, least - 0.5, most + 0.5},
                {"top-1 accuracy", "%"},
                {}};
    int colour = 0;
    for (const auto& method : results.methods) {
      std::vector<double> x;
      std::vector<Estimate> y;
      for (std::size_t b = 0; b < results.means.size(); ++b) {
        const auto& seeds = method.outcomes[m][b];
        x.push_back(over_seeds(seeds, [](const auto& one) { return one.activation_bits; }).value);
        y.push_back(accuracy_of(seeds));
      }
      panel.series.push_back(points(method.title, x, y, colour++));
    }
    if (const auto whole = mean_accuracy({results.single_precision[m]}))
      panel.marks.push_back({whole->value, "single precision", false});
    figure.panels.push_back(std::move(panel));
  }
  return figure;
}

/// Bits by unit, in the network's order: weights above, activations below.
Figure bits_figure(const MixedResults& results) {
  Figure figure{
      "bits",
      "Bits of each layer",
      "Of the first calibration set, in the network's order. The line is the mean that was asked for.",
      {},
      2};
  for (const auto& method : results.methods) {
    if (method.kind != BitsMethod::Kind::searched) continue;
    for (std::size_t m = 0; m < results.models.size(); ++m) {
      const Units units(shape_of(results.models[m]));
      const auto& bits = method.outcomes[m][0][0].bits;
      for (const bool activations : {false, true}) {
        Series series{"", SeriesStyle::bars, {}, {}};
        for (std::size_t u = 0; u < units.count() && !bits.empty(); ++u) {
          if (units.is_activation(u) != activations || units.is_stem(u) || bits[u] == 0) continue;
          series.x.push_back(static_cast<double>(series.x.size() + 1));
          series.y.push_back(bits[u]);
        }
        Panel panel{fmt::format("{}: {}, {}", title_of(results.models[m]), method.id,
                                activations ? "activations" : "weights"),
                    {activations ? "site" : "layer"},
                    {"bits", "bit", false, 0, 9},
                    {series}};
        panel.marks.push_back({results.means[0], "mean", false});
        figure.panels.push_back(std::move(panel));
      }
    }
  }
  return figure;
}

/// What each unit costs when it alone is lowered.
Figure sensitivity_figure(const MixedResults& results) {
  Figure figure{"sensitivity",
                "Sensitivity of layers",
                "Loss of predictions, in nat, when one layer or site alone is lowered to so few bits and all "
                "others stay at most; less the loss of none. Of the first calibration set, weights first, "
                "then sites, in the network's order. What is zero or less is left out.",
                {},
                1};
  for (std::size_t m = 0; m < results.sensitivity.size(); ++m) {
    Panel panel{title_of(results.models[m]), {"layer or site"}, {"loss", "nat", true}, {}};
    const auto& table = results.sensitivity[m];
    const std::size_t levels = table.empty() ? 0 : table[0].size();
    for (std::size_t level = 0; level + 1 < levels && level < 4; ++level) {
      Series series{
          fmt::format("{} bits", results.least + static_cast<int>(level)), SeriesStyle::points, {}, {}};
      for (std::size_t u = 0; u < table.size(); ++u) {
        const double loss = table[u][level] - table[u].back();
        if (!(loss > 0)) continue;
        series.x.push_back(static_cast<double>(u + 1));
        series.y.push_back(loss);
      }
      panel.series.push_back(std::move(series));
    }
    figure.panels.push_back(std::move(panel));
  }
  return figure;
}

}  // namespace

std::vector<Table> tables_of(const MixedResults& results) {
  std::vector<Table> tables{outcome_table(results)};
  if (!results.paths.empty()) {
    tables.push_back(gain_table(results));
    tables.push_back(path_table(results));
  }
  return tables;
}

std::vector<Figure> figures_of(const MixedResults& results) {
  std::vector<Figure> figures{pareto_figure(results)};
  if (!results.paths.empty()) figures.push_back(bits_figure(results));
  figures.push_back(sensitivity_figure(results));
  return figures;
}

}  // namespace reprise::mptq_vit
