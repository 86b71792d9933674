#include "workers/deep_probability/consistency.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "kernels/random/hash_rng.hpp"
#include "tests/unit/workers/deep_probability/reference_sample.hpp"

namespace reprise::deep_probability {
namespace {

/// Outcomes of which a share `rate` are events, and one prediction for all of them.
struct Constant {
  std::vector<double> predicted;
  std::vector<std::uint8_t> label;
};
Constant constant(double predicted, double rate, std::size_t count) {
  Constant made{std::vector<double>(count, predicted), std::vector<std::uint8_t>(count, 0)};
  for (std::size_t i = 0; i < static_cast<std::size_t>(rate * static_cast<double>(count)); ++i)
    made.label[i] = 1;
  return made;
}

TEST(Consistency, OfOneBinIsABinomialLaw) {
  const auto sample = constant(0.3, 0.3, 400);
  const auto found = consistency({}, sample.predicted, sample.label, 1, 4000);
  const double deviation = std::sqrt(0.3 * 0.7 / 400);
  ASSERT_EQ(found.bins.size(), 1U);
  // The band's ends have a standard error of about 0.05 deviations over 4000 draws.
  EXPECT_NEAR(found.low[0], 0.3 - 1.96 * deviation, 0.25 * deviation);
  EXPECT_NEAR(found.high[0], 0.3 + 1.96 * deviation, 0.25 * deviation);
  EXPECT_NEAR(found.expected_error, deviation * std::sqrt(2 / std::numbers::pi), 0.05 * deviation);
  EXPECT_NEAR(found.error, 0.0, 1e-12);
  EXPECT_NEAR(found.p_value, 1.0, 1e-12);
}

TEST(Consistency, TellsACalibratedPredictorFromOneThatIsNot) {
  std::vector<double> predicted;
  std::vector<double> sharpened;
  std::vector<std::uint8_t> label;
  const HashRng random(5, 1);
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const double p = random.uniform(2 * i);
    predicted.push_back(p);
    label.push_back(random.uniform(2 * i + 1) < p ? 1 : 0);
    sharpened.push_back(1 / (1 + std::pow((1 - p) / p, 2)));
  }
  const auto of = [&](const std::vector<double>& p) {
    return consistency(quantile_edges(p, 15), p, label, 3, 500);
  };
  const auto calibrated = of(predicted);
  EXPECT_GT(calibrated.p_value, 0.05);
  EXPECT_GT(calibrated.error, 0.3 * calibrated.expected_error);
  EXPECT_LT(calibrated.error, 2.0 * calibrated.expected_error);
  int inside = 0;
  for (std::size_t b = 0; b < calibrated.bins.size(); ++b)
    inside +=
        calibrated.low[b] <= calibrated.bins[b].observed && calibrated.bins[b].observed <= calibrated.high[b];
  EXPECT_GE(inside, 12);  // of 15, each with 95 %: fewer in 0.5 % of all seeds
  EXPECT_NEAR(of(sharpened).p_value, 1.0 / 501, 1e-12);
}

TEST(Consistency, HasTheErrorOfItsBins) {
  const ReferenceSample v = reference_sample();
  const auto found = consistency(quantile_edges(v.predicted, 15), v.predicted, v.labels, 7, 100);
  EXPECT_NEAR(found.error, 0.091455854776, 1e-11);
  EXPECT_EQ(found.low.size(), found.bins.size());
  EXPECT_EQ(found.low, consistency(quantile_edges(v.predicted, 15), v.predicted, v.labels, 7, 100).low);
  EXPECT_NE(found.low, consistency(quantile_edges(v.predicted, 15), v.predicted, v.labels, 8, 100).low);
  EXPECT_THROW((void)consistency({}, v.predicted, v.labels, 7, 1), std::invalid_argument);
}

}  // namespace
}  // namespace reprise::deep_probability
