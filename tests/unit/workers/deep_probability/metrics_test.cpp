#include "workers/deep_probability/metrics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "tests/unit/workers/deep_probability/reference_sample.hpp"
#include "workers/deep_probability/random_design.hpp"
#include "workers/deep_probability/sample_bootstrap.hpp"

namespace reprise::deep_probability {
namespace {

TEST(ReferenceSample, IsTheReference) {
  const ReferenceSample v = reference_sample();
  EXPECT_EQ(std::accumulate(v.labels.begin(), v.labels.end(), 0), 117);
  EXPECT_NEAR(v.predicted[0], 0.93730472, 1e-8);
  EXPECT_NEAR(v.predicted[1], 0.45478709, 1e-8);
  const std::vector<double> from_logits = event_probabilities(v.logits);
  for (std::size_t i = 0; i < v.predicted.size(); ++i) {
    EXPECT_NEAR(from_logits[i], v.predicted[i], 1e-15);
  }
}

TEST(Metrics, HaveTheirReferenceValues) {
  const ReferenceSample v = reference_sample();
  const TruthMetrics truth = truth_metrics(v.predicted, v.truth);
  EXPECT_NEAR(truth.squared_error, 0.014228267346, 1e-11);
  EXPECT_NEAR(truth.divergence, 0.046425241195, 1e-11);
  EXPECT_NEAR(truth.reverse_divergence, 0.038313720882, 1e-11);
  const OutcomeMetrics outcome = outcome_metrics(v.predicted, v.labels);
  EXPECT_NEAR(outcome.brier, 0.196488152378, 1e-11);
  EXPECT_NEAR(outcome.log_loss, 0.590874656445, 1e-11);
  EXPECT_NEAR(outcome.area_under_curve, 0.777571825765, 1e-11);
  EXPECT_NEAR(outcome.kolmogorov_smirnov, 0.064907073997, 1e-11);
  EXPECT_NEAR(outcome.calibration_error, 0.091455854776, 1e-11);
  EXPECT_NEAR(outcome.largest_calibration_error, 0.218766014902, 1e-11);
}

TEST(Metrics, HaveTheirReferenceValuesUnderTies) {
  const ReferenceSample v = reference_sample();
  const OutcomeMetrics outcome = outcome_metrics(to_one_decimal(v.predicted), v.labels);
  EXPECT_NEAR(outcome.calibration_error, 0.166888883938, 1e-11);
  EXPECT_NEAR(outcome.largest_calibration_error, 0.666666666667, 1e-11);
  EXPECT_NEAR(outcome.kolmogorov_smirnov, 0.066, 1e-11);
  EXPECT_NEAR(outcome.area_under_curve, 0.779940273916, 1e-11);
}

TEST(Metrics, AreLeastAtTheTruth) {
  const ReferenceSample v = reference_sample();
  const TruthMetrics perfect = truth_metrics(v.truth, v.truth);
  EXPECT_EQ(perfect.squared_error, 0.0);
  EXPECT_NEAR(perfect.divergence, 0.0, 1e-15);
  const TruthMetrics there = truth_metrics(v.predicted, v.truth);
  const TruthMetrics back = truth_metrics(v.truth, v.predicted);
  EXPECT_DOUBLE_EQ(there.divergence, back.reverse_divergence);
}

// Sums in another order: equal up to rounding, but for KS, whose ties keep their order.
TEST(Metrics, DoNotDependOnTheOrderOfSamples) {
  const ReferenceSample v = reference_sample();
  const std::vector<std::uint32_t> order = epoch_order(1, 0, 200);
  std::vector<double> predicted;
  std::vector<std::uint8_t> labels;
  for (const std::uint32_t i : order) {
    predicted.push_back(v.predicted[i]);
    labels.push_back(v.labels[i]);
  }
  const OutcomeMetrics a = outcome_metrics(v.predicted, v.labels);
  const OutcomeMetrics b = outcome_metrics(predicted, labels);
  EXPECT_NEAR(a.brier, b.brier, 1e-14);
  EXPECT_NEAR(a.log_loss, b.log_loss, 1e-14);
  EXPECT_NEAR(a.area_under_curve, b.area_under_curve, 1e-14);
  EXPECT_NEAR(a.calibration_error, b.calibration_error, 1e-14);
  EXPECT_NEAR(a.kolmogorov_smirnov, b.kolmogorov_smirnov, 1e-14);
  EXPECT_DOUBLE_EQ(a.error_percent, b.error_percent);
}

TEST(AreaUnderCurve, CountsPairs) {
  for (const bool tied : {false, true}) {
    const ReferenceSample v = reference_sample(9, 300);
    const std::vector<double> p = tied ? to_one_decimal(v.predicted) : v.predicted;
    double wins = 0.0;
    double pairs = 0.0;
    for (std::size_t i = 0; i < p.size(); ++i) {
      for (std::size_t j = 0; j < p.size(); ++j) {
        if (v.labels[i] == 1 && v.labels[j] == 0) {
          pairs += 1.0;
          wins += p[i] > p[j] ? 1.0 : (p[i] == p[j] ? 0.5 : 0.0);
        }
      }
    }
    EXPECT_NEAR(area_under_curve(p, v.labels), wins / pairs, 1e-14);
  }
  EXPECT_TRUE(std::isnan(area_under_curve(std::vector{0.1, 0.2}, std::vector<std::uint8_t>{1, 1})));
}

TEST(LogLoss, OfCertainMistakesIsClipped) {
  const std::vector<double> sure{1.0, 0.0};
  EXPECT_NEAR(log_loss(sure, std::vector<std::uint8_t>{0, 1}), -std::log(1e-15), 0.06);  // 1 - 1e-15 rounds
  EXPECT_NEAR(log_loss(sure, std::vector<std::uint8_t>{1, 0}), 1e-15, 2e-16);
}

TEST(ErrorPercent, TakesAHalfForNoEvent) {
  EXPECT_DOUBLE_EQ(error_percent(std::vector{0.5, 0.5, 0.6, 0.4}, std::vector<std::uint8_t>{0, 1, 1, 1}),
                   50.0);
}

// The discrepancy is (2/n) sum (p - g)(g - y), and its deviation the one that redrawn outcomes give it.
TEST(SelfCheck, KnowsItsDeviation) {
  const ReferenceSample v = reference_sample(2, 400);
  double sum = 0.0;
  for (std::size_t i = 0; i < v.truth.size(); ++i) {
    sum += 2.0 * (v.predicted[i] - v.truth[i]) * (v.truth[i] - v.labels[i]) / 400.0;
  }
  const SelfCheck check = self_check(v.predicted, v.truth, v.labels);
  EXPECT_NEAR(check.excess, sum, 1e-15);

  double squares = 0.0;
  constexpr int kDraws = 2000;
  for (std::uint64_t draw = 0; draw < kDraws; ++draw) {
    const auto labels = redraw_labels(1, draw, Scenario::linear, v.truth);
    const SelfCheck drawn = self_check(v.predicted, v.truth, labels);
    EXPECT_DOUBLE_EQ(drawn.deviation, check.deviation);
    EXPECT_TRUE(
        drawn.holds());  // 5 deviations: fails once in 900 runs of so many draws, but the seed is fixed
    squares += drawn.excess * drawn.excess;
  }
  EXPECT_NEAR(std::sqrt(squares / kDraws) / check.deviation, 1.0, 4.0 / std::sqrt(2.0 * kDraws));
}

TEST(SelfCheck, NoticesMemorisedOutcomes) {
  const ReferenceSample v = reference_sample(2, 400);
  EXPECT_FALSE(self_check(hard_targets(v.labels), v.truth, v.labels).holds());
  EXPECT_TRUE(self_check(v.truth, v.truth, v.labels).holds());
}

TEST(Metrics, RefuseWhatDoesNotMatch) {
  EXPECT_THROW((void)brier_score({}, {}), std::invalid_argument);
  EXPECT_THROW((void)log_loss(std::vector{0.1, 0.2}, std::vector<std::uint8_t>{1}), std::invalid_argument);
}

}  // namespace
}  // namespace reprise::deep_probability
