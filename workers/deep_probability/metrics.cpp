#include "workers/deep_probability/metrics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/expects.hpp"
#include "kernels/statistics/ranks.hpp"
#include "workers/deep_probability/calibration_error.hpp"

namespace reprise::deep_probability {
namespace {

constexpr double kDivergenceFloor = 1e-10;
constexpr double kLogLossFloor = 1e-15;

double square(double x) {
  return x * x;
}

template <class Other>
void expect_pairs(std::span<const double> predicted, const Other& other) {
  expects(!predicted.empty(), "a metric needs samples");
  expects(predicted.size() == other.size(), "every prediction needs its outcome or its true probability");
}

/// KL of Bernoulli laws, each logarithm's ratio kept finite.
double divergence(double p, double q) {
  const auto term = [](double a, double b) {
    return a * std::log((a + kDivergenceFloor) / (b + kDivergenceFloor));
  };
  return term(p, q) + term(1.0 - p, 1.0 - q);
}

/// Mean over samples of term(predicted, other).
template <class Others, class Term>
double mean_of(std::span<const double> predicted, const Others& others, const Term& term) {
  expect_pairs(predicted, others);
  double sum = 0.0;
  for (std::size_t i = 0; i < predicted.size(); ++i) {
    sum += term(predicted[i], others[i]);
  }
  return sum / static_cast<double>(predicted.size());
}

}  // namespace

TruthMetrics truth_metrics(std::span<const double> predicted, std::span<const double> truth) {
  return {mean_of(predicted, truth, [](double p, double g) { return square(p - g); }),
          mean_of(predicted, truth, [](double p, double g) { return divergence(g, p); }),
          mean_of(predicted, truth, [](double p, double g) { return divergence(p, g); })};
}

double brier_score(std::span<const double> predicted, Labels labels) {
  return mean_of(predicted, labels, [](double p, std::uint8_t y) { return square(p - y); });
}

double log_loss(std::span<const double> predicted, Labels labels) {
  return mean_of(predicted, labels, [](double p, std::uint8_t y) {
    const double clipped = std::clamp(p, kLogLossFloor, 1.0 - kLogLossFloor);
    return -std::log(y != 0 ? clipped : 1.0 - clipped);
  });
}

double error_percent(std::span<const double> predicted, Labels labels) {
  return 100.0 * mean_of(predicted, labels,
                         [](double p, std::uint8_t y) { return (p > 0.5) == (y != 0) ? 0.0 : 1.0; });
}

double area_under_curve(std::span<const double> predicted, Labels labels) {
  expect_pairs(predicted, labels);
  const std::vector<double> ranks = mid_ranks(predicted);
  double events = 0.0;
  double rank_sum = 0.0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] != 0) {
      events += 1.0;
      rank_sum += ranks[i];
    }
  }
  const double others = static_cast<double>(labels.size()) - events;
  if (events == 0.0 || others == 0.0) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return (rank_sum - 0.5 * events * (events + 1.0)) / (events * others);
}

OutcomeMetrics outcome_metrics(std::span<const double> predicted, Labels labels) {
  const CalibrationError calibration = calibration_error(quantile_bins(predicted, labels, kCalibrationBins));
  return {brier_score(predicted, labels),
          log_loss(predicted, labels),
          area_under_curve(predicted, labels),
          calibration.mean,
          calibration.largest,
          kolmogorov_smirnov_error(predicted, labels),
          error_percent(predicted, labels)};
}

SelfCheck self_check(std::span<const double> predicted, std::span<const double> truth, Labels labels) {
  expect_pairs(predicted, truth);
  expect_pairs(predicted, labels);
  double noise = 0.0;
  double variance = 0.0;
  for (std::size_t i = 0; i < predicted.size(); ++i) {
    noise += square(truth[i] - labels[i]);
    variance += square(predicted[i] - truth[i]) * truth[i] * (1.0 - truth[i]);
  }
  const auto count = static_cast<double>(predicted.size());
  return {brier_score(predicted, labels) - truth_metrics(predicted, truth).squared_error - noise / count,
          2.0 * std::sqrt(variance) / count};
}

}  // namespace reprise::deep_probability
