#include "workers/deep_probability/logistic_calibration.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "tests/unit/workers/deep_probability/reference_sample.hpp"
#include "workers/deep_probability/metrics.hpp"

namespace reprise::deep_probability {
namespace {

// Reference values of an independent implementation in another language, here and below.
TEST(PlattScaling, HasItsReferenceValues) {
  const ReferenceSample v = reference_sample();
  const PlattScaling fitted = fit_platt(v.logits, v.labels);
  EXPECT_NEAR(fitted.weight[0], -0.26625631, 1e-6);
  EXPECT_NEAR(fitted.weight[1], 0.99736999, 1e-6);
  EXPECT_NEAR(fitted.intercept, 0.27426299, 1e-6);
  EXPECT_NEAR(log_loss(fitted.apply(v.logits), v.labels), 0.559221314566, 1e-9);
}

TEST(DirichletCalibration, HasItsReferenceValues) {
  const ReferenceSample v = reference_sample();
  const DirichletCalibration fitted = fit_dirichlet(v.logits, v.labels);
  const std::vector<double> p = fitted.apply(v.logits);
  EXPECT_NEAR(log_loss(p, v.labels), 0.555090634, 1e-7);
  EXPECT_NEAR(p[0], 0.929264324, 1e-5);
  EXPECT_NEAR(p[1], 0.472817495, 1e-5);
}

// Both have a free intercept, so that their mean prediction on the data of the fit is the share of events.
TEST(LogisticCalibration, IsRightOnAverage) {
  const ReferenceSample v = reference_sample(3, 400);
  const double share = std::accumulate(v.labels.begin(), v.labels.end(), 0.0) / 400.0;
  for (const auto& p :
       {fit_platt(v.logits, v.labels).apply(v.logits), fit_dirichlet(v.logits, v.labels).apply(v.logits)}) {
    EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0) / 400.0, share, 1e-9);
  }
}

// weight (-1, 1) and intercept 0 leave probabilities as they are, so a fit is at least as good.
TEST(DirichletCalibration, ContainsTheIdentity) {
  const ReferenceSample v = reference_sample();
  const std::vector<double> same = DirichletCalibration{{-1.0, 1.0}, 0.0}.apply(v.logits);
  for (std::size_t i = 0; i < same.size(); ++i) {
    EXPECT_NEAR(same[i], v.predicted[i], 1e-14);
  }
  EXPECT_LT(log_loss(fit_dirichlet(v.logits, v.labels).apply(v.logits), v.labels),
            log_loss(v.predicted, v.labels));
}

TEST(LogisticCalibration, SurvivesSaturatedLogits) {
  const std::vector<float> logits{800.0F, -800.0F, -800.0F, 800.0F, 0.0F, 1.0F, 1.0F, 0.0F};
  const std::vector<std::uint8_t> labels{0, 1, 0, 1};
  for (const auto& p :
       {fit_platt(logits, labels).apply(logits), fit_dirichlet(logits, labels).apply(logits)}) {
    for (const double value : p) {
      EXPECT_TRUE(value >= 0.0 && value <= 1.0);
    }
  }
}

}  // namespace
}  // namespace reprise::deep_probability
