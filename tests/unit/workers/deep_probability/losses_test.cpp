#include "workers/deep_probability/losses.hpp"

#include <gtest/gtest.h>

#include "tests/unit/workers/deep_probability/loss_checks.hpp"
#include "tests/unit/workers/deep_probability/reference_sample.hpp"
#include "workers/deep_probability/metrics.hpp"
#include "workers/deep_probability/targets.hpp"

namespace reprise::deep_probability {
namespace {

// Reference values of an independent implementation in another language.
TEST(Losses, HaveTheirReferenceValues) {
  const ReferenceSample v = reference_sample();
  const auto y = hard_targets(v.labels);
  const auto soft = bin_targets(v.predicted, v.labels, 5);
  expect_loss(cross_entropy(v.logits, y), 0.590874656445, 3.134763796e-4, 4.432698415e-2, 1e-10);
  expect_loss(cross_entropy(v.logits, soft), 0.598441066452, -1.865236204e-4, 1.217560065e-2, 1e-10);
  expect_loss(smoothed_cross_entropy(v.logits, y), 0.632232271930, 6.347637956e-5, 4.052927918e-2, 1e-10);
  expect_loss(focal_loss(v.logits, y), 0.290723134780, 3.617623620e-6, 4.378690103e-2, 1e-10);
  expect_loss(confidence_penalty(v.logits, y), 0.123503863380, -4.812329594e-4, 5.043151939e-2, 1e-10);
  expect_loss(confidence_penalty(v.logits, y, 0.1), 0.544137577138, 2.340054457e-4, 4.465235690e-2, 1e-10);
}

TEST(Losses, HaveTheGradientsOfTheirValues) {
  const ReferenceSample v = reference_sample(8, 24);
  const auto y = hard_targets(v.labels);
  using Logits = std::vector<double>;
  expect_gradient_of_differences([&](const Logits& l) { return cross_entropy(l, y); }, v.logits);
  expect_gradient_of_differences([&](const Logits& l) { return cross_entropy(l, v.truth); }, v.logits);
  expect_gradient_of_differences([&](const Logits& l) { return smoothed_cross_entropy(l, y, 0.3); },
                                 v.logits);
  expect_gradient_of_differences([&](const Logits& l) { return focal_loss(l, y, 2.0); }, v.logits);
  expect_gradient_of_differences([&](const Logits& l) { return focal_loss(l, y, 0.5); }, v.logits);
  expect_gradient_of_differences([&](const Logits& l) { return confidence_penalty(l, y, 1.0); }, v.logits);
}

TEST(Losses, AreCrossEntropyAtZeroStrength) {
  const ReferenceSample v = reference_sample();
  const auto y = hard_targets(v.labels);
  const LossValue reference = cross_entropy(v.logits, y);
  EXPECT_NEAR(reference.value, log_loss(v.predicted, v.labels), 1e-14);
  for (const LossValue& loss : {smoothed_cross_entropy(v.logits, y, 0.0), focal_loss(v.logits, y, 0.0),
                                confidence_penalty(v.logits, y, 0.0)}) {
    EXPECT_NEAR(loss.value, reference.value, 1e-14);
    for (std::size_t i = 0; i < loss.gradient.size(); ++i) {
      EXPECT_NEAR(loss.gradient[i], reference.gradient[i], 1e-16);
    }
  }
}

TEST(Losses, TakeSingleAndDoublePrecision) {
  const ReferenceSample v = reference_sample();
  const auto y = hard_targets(v.labels);
  const std::vector<float> single(v.logits.begin(), v.logits.end());
  const std::vector<double> rounded(single.begin(), single.end());
  const LossValue a = cross_entropy(single, y);
  const LossValue b = cross_entropy(rounded, y);
  EXPECT_EQ(a.value, b.value);
  EXPECT_EQ(a.gradient, b.gradient);
}

// A network that is sure, and wrong: nothing overflows, and the gradient does not vanish.
TEST(Losses, SurviveSaturatedLogits) {
  const std::vector<float> logits{500.0F, -500.0F, -2e4F, 2e4F};
  const std::vector<double> wrong{1.0, 0.0};
  EXPECT_DOUBLE_EQ(cross_entropy(logits, wrong).value, 0.5 * (1000.0 + 40000.0));
  EXPECT_DOUBLE_EQ(cross_entropy(logits, wrong).gradient[0], 0.5);
  EXPECT_DOUBLE_EQ(focal_loss(logits, wrong).value, 0.5 * (1000.0 + 40000.0));
  EXPECT_DOUBLE_EQ(focal_loss(logits, wrong).gradient[3], 0.5);
  EXPECT_DOUBLE_EQ(confidence_penalty(logits, wrong).gradient[2], -0.5);
  const std::vector<double> right{0.0, 1.0};
  for (const LossValue& loss :
       {cross_entropy(logits, right), focal_loss(logits, right), confidence_penalty(logits, right)}) {
    EXPECT_EQ(loss.value, 0.0);
    for (const double g : loss.gradient) {
      EXPECT_EQ(g, 0.0);
    }
  }
}

// Minimised over logits, cross-entropy gives the target itself; the improper losses give something less sure.
TEST(Losses, AreProperOrNot) {
  const std::vector<double> logits{0.0, std::log(0.8 / 0.2)};
  const std::vector<double> target{0.8};
  EXPECT_NEAR(cross_entropy(logits, target).gradient[1], 0.0, 1e-15);
  EXPECT_GT(smoothed_cross_entropy(logits, target).gradient[1], 0.01);
  EXPECT_GT(confidence_penalty(logits, target, 0.1).gradient[1], 0.01);
  const double of_focal = 0.8 * focal_loss(logits, std::vector{1.0}).gradient[1] +
                          0.2 * focal_loss(logits, std::vector{0.0}).gradient[1];
  EXPECT_GT(of_focal, 0.01);
}

TEST(Losses, RefuseNonsense) {
  const std::vector<double> logits{0.0, 1.0};
  EXPECT_THROW((void)cross_entropy(logits, std::vector{1.5}), std::invalid_argument);
  EXPECT_THROW((void)cross_entropy(logits, std::vector{1.0, 0.0}), std::invalid_argument);
  EXPECT_THROW((void)cross_entropy(std::vector<double>{}, {}), std::invalid_argument);
  EXPECT_THROW((void)cross_entropy(std::vector{1.0}, std::vector{1.0}), std::invalid_argument);
  EXPECT_THROW((void)focal_loss(logits, std::vector{0.5}), std::invalid_argument);
}

}  // namespace
}  // namespace reprise::deep_probability
