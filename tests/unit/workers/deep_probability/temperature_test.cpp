#include "workers/deep_probability/temperature.hpp"

#include <gtest/gtest.h>

#include "tests/unit/workers/deep_probability/reference_sample.hpp"
#include "workers/deep_probability/metrics.hpp"

namespace reprise::deep_probability {
namespace {

// Reference values of an independent implementation in another language.
TEST(Temperature, HasItsReferenceValues) {
  const ReferenceSample v = reference_sample();
  const Temperature fitted = fit_temperature(v.logits, v.labels);
  EXPECT_NEAR(fitted.temperature, 1.519446737, 1e-7);
  EXPECT_NEAR(log_loss(fitted.apply(v.logits), v.labels), 0.568066112776, 1e-10);
}

TEST(Temperature, IsStationary) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const ReferenceSample v = reference_sample(seed, 300);
    const Temperature fitted = fit_temperature(v.logits, v.labels);
    const std::vector<double> p = fitted.apply(v.logits);
    double slope = 0.0;
    for (std::size_t i = 0; i < p.size(); ++i) {
      slope += (p[i] - v.labels[i]) * LogitView(v.logits).log_odds(i);
    }
    EXPECT_NEAR(slope / 300.0, 0.0, 1e-12);
  }
}

TEST(Temperature, UndoesAScale) {
  ReferenceSample v = reference_sample();
  const double before = fit_temperature(v.logits, v.labels).temperature;
  for (double& l : v.logits) {
    l *= 7.0;
  }
  EXPECT_NEAR(fit_temperature(v.logits, v.labels).temperature, 7.0 * before, 1e-8);
}

TEST(Temperature, KeepsTheRanking) {
  const ReferenceSample v = reference_sample();
  const std::vector<double> scaled = fit_temperature(v.logits, v.labels).apply(v.logits);
  EXPECT_DOUBLE_EQ(area_under_curve(scaled, v.labels), area_under_curve(v.predicted, v.labels));
}

TEST(Temperature, IsLimitedWhereLabelsAreOppositeOrSeparated) {
  const std::vector<float> logits{1.0F, 0.0F, 0.0F, 1.0F};
  EXPECT_NEAR(fit_temperature(logits, std::vector<std::uint8_t>{1, 0}).temperature, 1000.0, 1e-9);
  const std::vector<std::uint8_t> separated{0, 1};
  const Temperature cold = fit_temperature(logits, separated);
  EXPECT_GT(cold.temperature, 0.0);
  EXPECT_NEAR(cold.apply(logits)[1], 1.0, 1e-9);
}

}  // namespace
}  // namespace reprise::deep_probability
