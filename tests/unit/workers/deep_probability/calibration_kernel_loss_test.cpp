#include "workers/deep_probability/calibration_kernel_loss.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/workers/deep_probability/loss_checks.hpp"
#include "tests/unit/workers/deep_probability/reference_sample.hpp"

namespace reprise::deep_probability {
namespace {

// Reference values of an independent implementation in another language.
TEST(KernelCalibrationLoss, HasItsReferenceValues) {
  const ReferenceSample v = reference_sample();
  const auto y = hard_targets(v.labels);
  EXPECT_NEAR(kernel_calibration_penalty(v.logits, y).value, 0.009256990716, 1e-9);
  EXPECT_NEAR(kernel_calibration_penalty(v.logits, y, PairWeights::weighted).value, 0.454100590113, 1e-9);
  expect_loss(kernel_calibration_loss(v.logits, y), 0.618645628592, 3.055785498e-4, 4.570463198e-2, 1e-9);
  expect_loss(kernel_calibration_loss(v.logits, y, 3.0, PairWeights::weighted), 1.953176426784,
              -8.067973072e-4, 1.711550770e-1, 1e-9);
}

// Differences must not change who is correct, nor take |r_i - r_j| over its kink.
TEST(KernelCalibrationPenalty, HasTheGradientOfItsValue) {
  const ReferenceSample v = reference_sample(8, 20);
  const auto y = hard_targets(v.labels);
  for (const PairWeights weights : {PairWeights::official, PairWeights::weighted}) {
    expect_gradient_of_differences(
        [&](const std::vector<double>& l) { return kernel_calibration_penalty(l, y, weights); }, v.logits);
  }
}

// Term by term, as it is written in the paper.
TEST(KernelCalibrationPenalty, IsTheSumOfItsThreeAverages) {
  const ReferenceSample v = reference_sample(6, 30);
  double cc = 0.0, ii = 0.0, ci = 0.0, m = 0.0, q = 0.0;
  std::vector<double> correct, wrong;
  for (std::size_t i = 0; i < 30; ++i) {
    const double r = std::max(v.predicted[i], 1.0 - v.predicted[i]);
    ((v.predicted[i] > 0.5) == (v.labels[i] == 1) ? correct : wrong).push_back(r);
  }
  m = static_cast<double>(correct.size());
  q = static_cast<double>(wrong.size());
  const auto kernel = [](double a, double b) { return std::exp(-std::abs(a - b) / 0.4); };
  for (const double a : correct) {
    for (const double b : correct) cc += kernel(a, b) * (1.0 - a) * (1.0 - b) / (m * m);
    for (const double b : wrong) ci += kernel(a, b) * (1.0 - a) * b / (m * q);
  }
  for (const double a : wrong) {
    for (const double b : wrong) ii += kernel(a, b) * a * b / (q * q);
  }
  const auto y = hard_targets(v.labels);
  EXPECT_NEAR(kernel_calibration_penalty(v.logits, y, PairWeights::weighted).value,
              std::sqrt(cc + ii - 2.0 * ci + 1e-10), 1e-13);
  EXPECT_NEAR(kernel_calibration_penalty(v.logits, y).value,
              std::sqrt(cc / (m * m + 1e-5) + ii / (q * q + 1e-5) - 2.0 * ci / (m * q + 1e-5) + 1e-10),
              1e-13);
}

TEST(KernelCalibrationPenalty, VanishesWhereAllAreCorrectOrAllWrong) {
  const std::vector<double> logits{0.0, 1.0, 2.0, 0.0};
  for (const auto& outcome : {std::vector{1.0, 0.0}, std::vector{0.0, 1.0}}) {
    const LossValue penalty = kernel_calibration_penalty(logits, outcome);
    EXPECT_EQ(penalty.value, 0.0);
    EXPECT_EQ(penalty.gradient, std::vector<double>(4));
  }
}

TEST(KernelCalibrationPenalty, SurvivesSaturatedAndTiedLogits) {
  const std::vector<float> logits{500.0F, -500.0F, -500.0F, 500.0F, 1.0F, 1.0F};
  const LossValue penalty = kernel_calibration_penalty(logits, std::vector{1.0, 1.0, 0.0});
  EXPECT_TRUE(std::isfinite(penalty.value));
  for (const double g : penalty.gradient) {
    EXPECT_TRUE(std::isfinite(g));
  }
}

}  // namespace
}  // namespace reprise::deep_probability
