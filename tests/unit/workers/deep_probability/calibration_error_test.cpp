#include "workers/deep_probability/calibration_error.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/workers/deep_probability/reference_sample.hpp"

namespace reprise::deep_probability {
namespace {

// The reference of 15 bins is in the metrics' test.
TEST(CalibrationError, OfTenBinsHasItsReferenceValue) {
  const ReferenceSample v = reference_sample();
  const CalibrationError error = calibration_error(quantile_bins(v.predicted, v.labels, 10));
  EXPECT_NEAR(error.mean, 0.088042639207, 1e-11);
  EXPECT_NEAR(error.largest, 0.224848192254, 1e-11);
}

TEST(QuantileBins, HoldEquallyManyOfDistinctPredictions) {
  const ReferenceSample v = reference_sample(1, 600);
  double events = 0.0;
  const auto bins = quantile_bins(v.predicted, v.labels, 15);
  ASSERT_EQ(bins.size(), 15U);
  for (const ReliabilityBin& bin : bins) {
    EXPECT_NEAR(static_cast<double>(bin.count), 40.0, 1.0);
    events += bin.observed * static_cast<double>(bin.count);
  }
  double expected = 0.0;
  for (const std::uint8_t y : v.labels) {
    expected += y;
  }
  EXPECT_NEAR(events, expected, 1e-10);
}

// 31 predictions: place 30 j/15 = 2j of each edge is an order statistic, which belongs below its edge.
TEST(QuantileBins, TakeEdgesThatAreSamplesExactly) {
  std::vector<double> predicted;
  for (int i = 0; i < 31; ++i) {
    predicted.push_back(0.1 + 0.02 * i * i / 31.0);
  }
  const auto bins = quantile_bins(predicted, std::vector<std::uint8_t>(31), 15);
  ASSERT_EQ(bins.size(), 15U);
  EXPECT_EQ(bins[0].count, 3U);
  for (std::size_t b = 1; b < 15; ++b) {
    EXPECT_EQ(bins[b].count, 2U);
  }
}

TEST(QuantileBins, CollapseWherePredictionsAreTied) {
  const std::vector<std::uint8_t> labels{0, 1, 1, 0};
  const auto bins = quantile_bins(std::vector(4, 0.3), labels, 15);
  ASSERT_EQ(bins.size(), 1U);
  EXPECT_EQ(bins[0].count, 4U);
  EXPECT_NEAR(calibration_error(bins).mean, 0.2, 1e-15);
}

TEST(EqualWidthBins, AreClosedAbove) {
  EXPECT_EQ(equal_width_bin(0.0, 5), 0);
  EXPECT_EQ(equal_width_bin(0.2, 5), 0);
  EXPECT_EQ(equal_width_bin(0.21, 5), 1);
  EXPECT_EQ(equal_width_bin(1.0, 5), 4);
  const std::vector<std::uint8_t> labels{0, 1, 1};
  const auto bins = equal_width_bins(std::vector{0.1, 0.5, 0.55}, labels, 5);
  ASSERT_EQ(bins.size(), 2U);  // empty ones are left out
  EXPECT_EQ(bins[1].count, 2U);
  EXPECT_DOUBLE_EQ(bins[1].predicted, 0.525);
  EXPECT_DOUBLE_EQ(bins[1].observed, 1.0);
}

TEST(CalibrationError, CountsBinsEqually) {
  const CalibrationError error = calibration_error({{0.1, 0.3, 1}, {0.8, 0.4, 99}});
  EXPECT_NEAR(error.mean, 0.3, 1e-15);
  EXPECT_NEAR(error.largest, 0.4, 1e-15);
}

TEST(KolmogorovSmirnov, IsTheLargestRunningExcess) {
  const std::vector<double> predicted{0.9, 0.2, 0.5};
  const std::vector<std::uint8_t> labels{1, 0, 0};
  EXPECT_NEAR(kolmogorov_smirnov_error(predicted, labels), 0.7 / 3.0, 1e-15);
}

}  // namespace
}  // namespace reprise::deep_probability
