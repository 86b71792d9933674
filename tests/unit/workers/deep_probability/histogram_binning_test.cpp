#include "workers/deep_probability/histogram_binning.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/unit/workers/deep_probability/reference_sample.hpp"
#include "workers/deep_probability/calibration_error.hpp"

namespace reprise::deep_probability {
namespace {

std::vector<double> logits_of(const std::vector<double>& probabilities) {
  std::vector<double> logits;
  for (const double p : probabilities) {
    logits.push_back(std::log(1.0 - p));
    logits.push_back(std::log(p));
  }
  return logits;
}

TEST(HistogramBinning, GivesTheShareOfEventsOfABin) {
  const std::vector<double> logits = logits_of({0.05, 0.15, 0.15, 0.99});
  const HistogramBinning fitted = fit_histogram_binning(logits, std::vector<std::uint8_t>{0, 1, 0, 1}, 10);
  EXPECT_THAT(fitted.share, testing::ElementsAre(0, 0.5, 0, 0, 0, 0, 0, 0, 0, 1));
  EXPECT_THAT(fitted.apply(logits_of({0.19, 0.45, 0.93})), testing::ElementsAre(0.5, 0.0, 1.0));
}

TEST(HistogramBinning, LeavesNoErrorInItsOwnBins) {
  const ReferenceSample v = reference_sample();
  const HistogramBinning fitted = fit_histogram_binning(v.logits, v.labels);
  const std::vector<double> p = fitted.apply(v.logits);
  double difference = 0.0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    difference += p[i] - v.labels[i];
  }
  EXPECT_NEAR(difference, 0.0, 1e-10);
  EXPECT_EQ(fitted.share.size(), 15U);
}

TEST(HistogramBinning, TakesCertainty) {
  const std::vector<float> logits{0.0F, -2000.0F, 0.0F, 2000.0F};
  const HistogramBinning fitted = fit_histogram_binning(logits, std::vector<std::uint8_t>{0, 1});
  EXPECT_THAT(fitted.apply(logits), testing::ElementsAre(0.0, 1.0));
}

}  // namespace
}  // namespace reprise::deep_probability
