#include "workers/deep_probability/assessment.hpp"

#include <algorithm>
#include <cmath>

#include "workers/deep_probability/calibration_error.hpp"
#include "workers/deep_probability/histogram_binning.hpp"
#include "workers/deep_probability/logistic_calibration.hpp"
#include "workers/deep_probability/mix_n_match.hpp"
#include "workers/deep_probability/temperature.hpp"

namespace reprise::deep_probability {
namespace {

constexpr int kReliabilityBins = 10;

std::vector<double> adjusted(Adjustment adjustment, LogitView validation, Labels labels, LogitView test) {
  switch (adjustment) {
    case Adjustment::temperature:
      return fit_temperature(validation, labels).apply(test);
    case Adjustment::platt:
      return fit_platt(validation, labels).apply(test);
    case Adjustment::dirichlet:
      return fit_dirichlet(validation, labels).apply(test);
    case Adjustment::mix_n_match:
      return fit_mix_n_match(validation, labels).apply(test);
    case Adjustment::histogram_binning:
      return fit_histogram_binning(validation, labels).apply(test);
    case Adjustment::base_rate:
    case Adjustment::none:
      break;
  }
  return event_probabilities(test);
}

/// [epochs], of targets that follow one another epoch by epoch.
std::vector<double> target_errors(std::span<const double> targets, std::span<const double> truth) {
  std::vector<double> errors;
  for (; targets.size() >= truth.size() && !truth.empty(); targets = targets.subspan(truth.size()))
    errors.push_back(truth_metrics(targets.first(truth.size()), truth).squared_error);
  return errors;
}

double base_rate(Labels labels) {
  return static_cast<double>(std::ranges::count(labels, 1)) / static_cast<double>(labels.size());
}

}  // namespace

std::vector<double> adjusted(const Snapshot& network, Adjustment adjustment, Labels validation) {
  return adjusted(adjustment, network.validation, validation, network.test);
}

Scores score(std::vector<double> predicted, Labels labels, std::vector<double> truth) {
  Scores scores;
  const std::span<const double> p = predicted;
  scores.squared_error = scores.divergence = scores.self_check = std::nan("");
  if (!truth.empty()) {
    const auto distance = truth_metrics(p, truth);
    scores.squared_error = distance.squared_error;
    scores.divergence = distance.divergence;
    const auto check = self_check(p, truth, labels);
    scores.self_check = check.deviation > 0 ? check.excess / check.deviation : 0;
  }
  const auto outcome = outcome_metrics(p, labels);
  scores.brier = outcome.brier;
  scores.log_loss = outcome.log_loss;
  scores.area_under_curve = outcome.area_under_curve;
  scores.calibration_error = outcome.calibration_error;
  scores.largest_calibration_error = outcome.largest_calibration_error;
  scores.kolmogorov_smirnov = outcome.kolmogorov_smirnov;
  scores.error_percent = outcome.error_percent;
  scores.extreme = static_cast<double>(
                       std::ranges::count_if(p, [](double value) { return value < 0.05 || value > 0.95; })) /
                   static_cast<double>(p.size());
  for (const auto& bin : quantile_bins(p, labels, kReliabilityBins)) {
    scores.bin_predicted.push_back(bin.predicted);
    scores.bin_observed.push_back(bin.observed);
  }
  scores.predicted = std::move(predicted);
  scores.truth = std::move(truth);
  return scores;
}

Scores assess(const Assessment& input, TaskContext& context) {
  const ImageSet images(input.data);
  const auto& test = images.test();
  const auto& training = images.training();
  const bool constant = input.adjustment == Adjustment::base_rate;
  std::vector<double> predicted(test.count(), constant ? base_rate(training.label) : 0.0);
  std::vector<double> target_error;
  for (const auto& ref : input.networks) {
    const auto trained = context.result(ref);
    if (target_error.empty()) target_error = target_errors(trained.targets, training.probability);
    const auto p =
        adjusted(input.last ? trained.last : trained.best, input.adjustment, images.validation().label);
    for (std::size_t i = 0; i < p.size(); ++i)
      predicted[i] += p[i] / static_cast<double>(input.networks.size());
  }
  auto scores = score(std::move(predicted), test.label, test.probability);
  scores.target_error = std::move(target_error);
  return scores;
}

}  // namespace reprise::deep_probability
