#include "workers/mptq_vit/outlier_study.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "workers/common/presentation.hpp"
#include "workers/mptq_vit/outliers.hpp"

namespace reprise::mptq_vit {
namespace {

constexpr double kNearChance = 15;  ///< percent, of ten classes

struct OutlierResults {
  const Outliers& job;
  std::vector<Accuracy> single;  ///< [model], then with outliers [model]
  /// [model][with outliers][method][seed]
  std::vector<std::array<std::vector<std::vector<Accuracy>>, 2>> accuracy;

  [[nodiscard]] std::optional<std::size_t> place_of(Method method) const {
    const auto found = std::ranges::find(job.methods, method);
    if (found == job.methods.end()) return std::nullopt;
    return static_cast<std::size_t>(found - job.methods.begin());
  }
};

Table table_of(const OutlierResults& results) {
  std::vector<std::string> model, method;
  std::vector<Estimate> without, with, change;
  const auto count = results.job.models.size();
  for (std::size_t m = 0; m < count; ++m) {
    model.push_back(title_of(results.job.models[m]));
    method.emplace_back("single precision");
    without.push_back(or_missing(mean_accuracy({results.single[m]})));
    with.push_back(or_missing(mean_accuracy({results.single[count + m]})));
    change.push_back(or_missing(paired_gain(results.single[count + m], results.single[m])));
    for (std::size_t k = 0; k < results.job.methods.size(); ++k) {
      model.push_back(title_of(results.job.models[m]));
      method.push_back(title_of(results.job.methods[k]));
      without.push_back(or_missing(mean_accuracy(results.accuracy[m][0][k])));
      with.push_back(or_missing(mean_accuracy(results.accuracy[m][1][k])));
      change.push_back(or_missing(paired_gain(results.accuracy[m][1][k][0], results.accuracy[m][0][k][0])));
    }
  }
  auto difference = measured("change", "change, first set", "%", change);
  difference.role = Role::difference;
  return {"outliers",
          fmt::format("Channels that stick out, W{0}/A{0}", results.job.bits),
          "Top-1 accuracy of the models as trained and with three channels of each norm's output 16 times as "
          "wide and shifted by -24, which the layer behind makes good: in single precision the model is the "
          "same. The change is by pairs of images, of the first calibration set.",
          {parameter("model", "model", model), parameter("method", "method", method),
           measured("without", "as trained", "%", without), measured("with", "with outliers", "%", with),
           difference}};
}

Finding judge(const OutlierResults& results) {
  Finding finding{"C6"};
  finding.rows = "table outliers/outliers";
  const auto minmax = results.place_of(Method::minmax);
  const auto sqb = results.place_of(Method::sqb_optm);
  if (!minmax || !sqb || results.job.bits != 4) {
    finding.remark = "wants MinMax and SQ-b + OPT-m at 4 bits";
    return finding;
  }
  double most = 0;
  Estimate worst{0, 0};
  bool kept = true;
  for (const auto& of_model : results.accuracy)
    for (std::size_t s = 0; s < of_model[0][*sqb].size(); ++s) {
      const auto& broken = of_model[1][*minmax][s];
      const auto change = paired_gain(of_model[1][*sqb][s], of_model[0][*sqb][s]);
      if (broken.hit.empty() || !change || broken.hit.size() < 1000) {
        finding.remark = broken.hit.empty() || !change ? "an evaluation failed" : "wants 1,000 test images";
        return finding;
      }
      most = std::max(most, broken.percent());
      if (std::abs(change->value) >= std::abs(worst.value)) worst = *change;
      kept = kept && std::abs(change->value) <= std::max(kErrors * change->standard_error, 1e-9);
    }
  finding.measured =
      fmt::format("MinMax {:.1f} % at most; SQ-b + OPT-m changes by {:+.2f} +- {:.2f} points at most", most,
                  worst.value, worst.standard_error);
  finding.value = worst.value;
  finding.standard_error = worst.standard_error;
  finding.verdict = kept && most <= kNearChance ? Verdict::reproduced : Verdict::not_reproduced;
  return finding;
}

Series band_of(const SiteHistogram& histogram, int colour) {
  Series series{"", SeriesStyle::band, {}, {}};
  for (std::size_t c = 0; c < histogram.channel_low.size(); ++c) {
    series.x.push_back(static_cast<double>(c));
    series.y.push_back(static_cast<double>(histogram.channel_low[c]));
    series.upper.push_back(static_cast<double>(histogram.channel_high[c]));
  }
  series.colour = colour;
  return series;
}

Panel histogram_panel(std::string title, const SiteHistogram& histogram) {
  Series series{"", SeriesStyle::steps, {}, {}};
  const double width = (histogram.high - histogram.low) / static_cast<double>(histogram.count.size());
  for (std::size_t bin = 0; bin < histogram.count.size(); ++bin) {
    if (histogram.count[bin] == 0) continue;
    series.x.push_back(histogram.low + width * (static_cast<double>(bin) + 0.5));
    series.y.push_back(static_cast<double>(histogram.count[bin]));
  }
  Panel panel{std::move(title), {"value"}, {"elements", "", true}, {series}};
  panel.marks = {{histogram.least_code, "least code"}, {histogram.largest_code, "largest code"}};
  return panel;
}

class Study {
 public:
  Study(Run& run, const Outliers& job) : run_(run), job_(job), models_(prepare_models(run, job.models)) {
    const auto plain = models_.size();
    for (std::size_t m = 0; m < plain; ++m) {
      models_.push_back(models_[m]);
      models_.back().source.outliers = true;
    }
  }

  void run() {
    accuracies();
    figures();
  }

 private:
  [[nodiscard]] std::size_t plain() const { return models_.size() / 2; }

  void accuracies() {
    std::vector<CalibrationOrder> orders;
    for (std::size_t m = 0; m < models_.size(); ++m)
      for (const auto method : job_.methods)
        for (std::int32_t seed = 0; seed < job_.seeds; ++seed)
          orders.push_back({m,
                            kFirstCalibrationSeed + static_cast<std::uint64_t>(seed),
                            job_.calibration,
                            recipe_of(method),
                            {static_cast<std::uint8_t>(job_.bits)}});
    const auto calibrated = calibrate(run_, models_, orders);
    std::vector<EvaluationOrder> evaluations;
    for (std::size_t m = 0; m < models_.size(); ++m) evaluations.push_back({m, {}, {}});
    for (std::size_t i = 0; i < orders.size(); ++i)
      evaluations.push_back(
          {orders[i].model, calibrated[i],
           models_[orders[i].model].units.uniform(Scheme::partial, job_.bits, job_.bits, job_.bits)});
    auto found = evaluate_all(run_, models_, evaluations, job_.test);
    for (std::size_t i = 0; i < orders.size(); ++i)
      if (calibrated[i].empty()) found[models_.size() + i] = {};
    OutlierResults results{job_, {}, {}};
    results.accuracy.resize(plain());
    auto next = found.begin();
    for (std::size_t m = 0; m < models_.size(); ++m) results.single.push_back(std::move(*next++));
    for (std::size_t m = 0; m < models_.size(); ++m) {
      auto& of_model = results.accuracy[m % plain()][m / plain()];
      for (std::size_t k = 0; k < job_.methods.size(); ++k) {
        of_model.emplace_back();
        for (std::int32_t seed = 0; seed < job_.seeds; ++seed) of_model.back().push_back(std::move(*next++));
      }
    }
    run_.publish(table_of(results));
    run_.settle(judge(results));
  }

  /// Of the first model with outliers, the first set: what a norm gives before and after smoothing, and GELU
  /// and softmax.
  void figures() {
    const auto& model = models_[plain()];
    const CalibrationSet set{model.source, model.images, kFirstCalibrationSeed, job_.calibration};
    const auto pairs = nn::norm_pairs(shape_of(model.name));
    const auto& pair = pairs[pairs.size() / 2];
    std::vector<HistogramInput> inputs;
    const std::array smoothings{Smoothing::none, Smoothing::scale, Smoothing::scale_and_shift};
    for (const auto smoothing : smoothings) {
      Recipe recipe;
      recipe.smoothing = smoothing;
      inputs.push_back(
          {set, fold_of(set, recipe), static_cast<std::uint32_t>(pair.input), 96, recipe, job_.bits});
    }
    const auto& sites = model.units.sites();
    const Recipe regions = recipe_of(Method::optm);
    const std::array kinds{nn::SiteKind::fc2_input, nn::SiteKind::probabilities};
    for (const auto kind : kinds) {
      const auto site = std::ranges::find(sites, kind, &nn::Site::kind) - sites.begin();
      inputs.push_back({set, {}, static_cast<std::uint32_t>(site), 96, regions, job_.bits});
    }
    const auto found = run_.map(kHistogram, inputs, "histograms");
    const auto name = sites[static_cast<std::size_t>(pair.input)].name;
    Figure ranges{
        "ranges",
        "Ranges of channels before and after SQ-b",
        fmt::format(
            "{} of {} with outliers, over the first calibration set: from the least to the greatest value of "
            "each channel. The lines are the least and the largest value that codes of {} bits have.",
            name, title_of(model.name), job_.bits),
        {},
        3};
    Figure histograms{
        "histograms",
        "Values and what codes have of them",
        fmt::format("{} before and after smoothing, then the first block's values after GELU and after "
                    "softmax with OPT-m's quantizers; {} bits. What lies beyond the lines is clipped.",
                    name, job_.bits),
        {},
        3};
    const std::array titles{"as it is", "SmoothQuant", "SQ-b", "after GELU", "after softmax"};
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const auto histogram = found.get(i);
      if (!histogram) continue;
      const auto title = fmt::format("{} (lost {:.2g})", titles[i], histogram->error);
      histograms.panels.push_back(histogram_panel(title, *histogram));
      if (i >= smoothings.size()) continue;
      Panel panel{titles[i], {"channel"}, {"value"}, {band_of(*histogram, static_cast<int>(i))}};
      panel.marks = {{histogram->least_code, "", false}, {histogram->largest_code, "", false}};
      ranges.panels.push_back(std::move(panel));
    }
    run_.publish(std::move(ranges));
    run_.publish(std::move(histograms));
  }

  std::vector<Ref<Fold>> fold_of(const CalibrationSet& set, const Recipe& recipe) {
    if (recipe.smoothing == Smoothing::none) return {};
    return {fold(run_, set, recipe)};
  }

  Run& run_;
  const Outliers& job_;
  std::vector<StudyModel> models_;
};

void run_outliers(Run& run, const Outliers& job) {
  Study(run, job).run();
}

}  // namespace

void validate(const Outliers& job, const JobTable& table) {
  table.require(!job.models.empty() && std::ranges::all_of(job.models, is_trained_here), "models",
                "must name models that are trained here");
  table.require(!job.methods.empty(), "methods", "must name one method or more");
  table.require(job.bits >= 2 && job.bits <= 8, "bits", "must be from 2 to 8");
  table.require(job.seeds >= 1, "seeds", "must be at least 1");
  table.require(job.calibration >= 1 && job.calibration <= 50000, "calibration", "must be from 1 to 50000");
}

Experiment outliers_experiment() {
  return experiment<Outliers>(
      "outliers", "Channels that stick out: what SQ-b is for",
      "Large ViTs have channels whose values lie far from all others, and off zero; small ones don't. They "
      "are put in without changing what a model computes.",
      run_outliers,
      {{"C6", "Smoothing with a bias makes good what channels that stick out break", "?", "derived",
        "with outliers, at W4/A4 in scheme P, MinMax has at most 15 % of ten classes and SQ-b + OPT-m "
        "changes by no more than 2 paired SE, for every model and calibration set",
        "1,000 test images; outliers put into the stand-in models"}});
}

}  // namespace reprise::mptq_vit
