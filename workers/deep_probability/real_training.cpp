#include "workers/deep_probability/real_training.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/density/flush_denormals.hpp"
#include "workers/deep_probability/calibration_error.hpp"
#include "workers/deep_probability/random_design.hpp"
#include "workers/deep_probability/sample_bootstrap.hpp"

namespace reprise::deep_probability {
namespace {

std::vector<std::uint8_t> redrawn(const RealSamples& data, const LabelledSamples& samples,
                                  std::uint64_t epoch) {
  reprise::expects(!samples.probability.empty(), "labels are drawn anew where probabilities are known");
  const auto all = redraw_labels(data.seed, epoch, data.scenario, samples.probability);
  return part_of(samples.training.image, all, {}).label;
}

double seconds_of(const RealSamples& data, const RealNetwork& network, const Recipe& recipe,
                  double passes_a_sample) {
  constexpr double kRate = 5e10;         // operations a second of large convolutions on one core
  constexpr double kTilesASlide = 1000;  // about
  const double samples = passes_a_sample * data.training + data.validation / 3.0;
  const double each =
      multiplications(network, data.channels, std::max(data.side, 1)) * (data.side == 0 ? kTilesASlide : 1);
  return 1 + recipe.epochs * samples * each * 2 * 3 / kRate;
}

/// The value of a metric of some of the test samples.
double metric_of(RealMetric metric, std::span<const double> predicted, Labels labels,
                 std::span<const double> truth) {
  switch (metric) {
    case RealMetric::squared_error:
      return truth_metrics(predicted, truth).squared_error;
    case RealMetric::divergence:
      return truth_metrics(predicted, truth).divergence;
    case RealMetric::area_under_curve:
      return area_under_curve(predicted, labels);
    case RealMetric::brier:
      return brier_score(predicted, labels);
    case RealMetric::kolmogorov_smirnov:
      return kolmogorov_smirnov_error(predicted, labels);
    case RealMetric::ece:
      return calibration_error(quantile_bins(predicted, labels, kCalibrationBins)).mean;
    case RealMetric::mce:
      break;
  }
  return calibration_error(quantile_bins(predicted, labels, kCalibrationBins)).largest;
}

}  // namespace

Trained train_on_real(const RealTraining& input, TaskContext& context) {
  const FlushDenormals flush;
  const auto samples = load(input.data, context);
  const auto seed = input.data.seed;
  const auto network =
      make_network(input.network, samples.reader->shape(), parameter_seed(seed, input.member));
  const auto method = method_of(input.objective, input.member, samples.training.label,
                                [&](std::uint64_t epoch) { return redrawn(input.data, samples, epoch); });
  return train(*network, split_samples(samples), seed, input.recipe, method, context);
}

Trained refine_on_real(const RealRefinement& input, TaskContext& context) {
  const FlushDenormals flush;
  const auto samples = load(input.data, context);
  const auto seed = input.data.seed;
  const auto network = make_network(input.network, samples.reader->shape(), parameter_seed(seed));
  unflatten(context.result(input.start.at(0)).best.parameters, *network);
  const auto method = method_of(input.rule, samples.training.label);
  return train(*network, split_samples(samples), seed, input.recipe, method, context);
}

double seconds(const RealTraining& input) {
  return seconds_of(input.data, input.network, input.recipe, passes(input.objective));
}

double seconds(const RealRefinement& input) {
  return seconds_of(input.data, input.network, input.recipe, passes(input.rule));
}

Scores assess_on_real(const RealAssessment& input, TaskContext& context) {
  const auto samples = load(input.data, context);
  std::vector<double> predicted(samples.test.count(), 0.0);
  for (const auto& ref : input.networks) {
    const auto trained = context.result(ref);
    const auto p =
        adjusted(input.last ? trained.last : trained.best, input.adjustment, samples.validation.label);
    for (std::size_t i = 0; i < p.size(); ++i)
      predicted[i] += p[i] / static_cast<double>(input.networks.size());
  }
  return score(std::move(predicted), samples.test.label, samples.test.probability);
}

Intervals resample(const ResampledScores& input, TaskContext& context) {
  const auto labels = load(input.data, context).test.label;
  const auto scores = context.result(input.scores.at(0));
  const auto none = std::nan("");
  Intervals intervals;
  for (std::size_t m = 0; m < kRealMetrics; ++m) {
    const auto metric = static_cast<RealMetric>(m);
    const bool of_truth = metric == RealMetric::squared_error || metric == RealMetric::divergence;
    BootstrapInterval found{none, none, none, none};
    if (!of_truth || !scores.truth.empty())
      found = bootstrap_samples(
          labels.size(),
          [&](std::span<const std::size_t> chosen) {
            return metric_of(
                metric, resampled(std::span<const double>(scores.predicted), chosen),
                resampled(Labels(labels), chosen),
                of_truth ? resampled(std::span<const double>(scores.truth), chosen) : std::vector<double>());
          },
          input.data.seed, input.resamples);
    intervals.value.push_back(found.value);
    intervals.standard_error.push_back(found.standard_error);
    intervals.low.push_back(found.low);
    intervals.high.push_back(found.high);
  }
  return intervals;
}

}  // namespace reprise::deep_probability
