#include "workers/deep_probability/sample_bootstrap.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "kernels/statistics/moments.hpp"
#include "tests/unit/workers/deep_probability/reference_sample.hpp"
#include "workers/deep_probability/metrics.hpp"

namespace reprise::deep_probability {
namespace {

double mean_over(std::span<const std::size_t> indices, const std::vector<double>& values) {
  double sum = 0.0;
  for (const std::size_t i : indices) {
    sum += values[i];
  }
  return sum / static_cast<double>(indices.size());
}

std::vector<double> normals(std::uint64_t seed, std::size_t count) {
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i) {
    values.push_back(HashRng(seed, 4).normal(i));
  }
  return values;
}

TEST(SampleBootstrap, FindsTheStandardErrorOfAMean) {
  const std::vector<double> values = normals(1, 300);
  const auto interval = bootstrap_samples(
      300, [&](std::span<const std::size_t> i) { return mean_over(i, values); }, 0);
  const Estimate exact = mean_with_error(values);
  EXPECT_NEAR(interval.value, exact.value, 1e-14);
  EXPECT_NEAR(interval.standard_error, exact.standard_error, 0.1 * exact.standard_error);
  EXPECT_NEAR(interval.high - interval.low, 2.0 * 1.96 * exact.standard_error, 0.4 * exact.standard_error);
}

TEST(SampleBootstrap, TellsADifferenceFromNone) {
  const std::vector<double> values = normals(2, 100);
  const auto p_of = [&](double shift) {
    return bootstrap_samples(
               100, [&](std::span<const std::size_t> i) { return shift + mean_over(i, values); }, 0)
        .p_value;
  };
  EXPECT_GT(p_of(0.0), 0.05);
  EXPECT_NEAR(p_of(1.0), 2.0 / 1001.0, 1e-15);  // the least that 1000 resamples can tell
  EXPECT_NEAR(p_of(-1.0), 2.0 / 1001.0, 1e-15);
}

TEST(SampleBootstrap, OfAMetricOfPairsIsRepeatable) {
  const ReferenceSample v = reference_sample();
  const auto statistic = [&](std::span<const std::size_t> i) {
    return area_under_curve(resampled(std::span<const double>(v.predicted), i),
                            resampled(std::span<const std::uint8_t>(v.labels), i));
  };
  const auto interval = bootstrap_samples(200, statistic, 3, 200);
  EXPECT_NEAR(interval.value, 0.777571825765, 1e-11);
  EXPECT_LT(interval.low, interval.value);
  EXPECT_GT(interval.high, interval.value);
  // Hanley and McNeil's formula (Radiology 143, 1982) for 117 events and 83 others.
  const double a = interval.value;
  const double variance =
      (a * (1 - a) + 116 * (a / (2 - a) - a * a) + 82 * (2 * a * a / (1 + a) - a * a)) / (117.0 * 83.0);
  EXPECT_NEAR(interval.standard_error, std::sqrt(variance), 0.2 * std::sqrt(variance));
  EXPECT_EQ(interval.standard_error, bootstrap_samples(200, statistic, 3, 200).standard_error);
  EXPECT_NE(interval.standard_error, bootstrap_samples(200, statistic, 4, 200).standard_error);
}

TEST(SampleBootstrap, LeavesOutResamplesWithoutTheStatistic) {
  const std::vector<double> predicted{0.1, 0.9, 0.4};
  const std::vector<std::uint8_t> labels{0, 1, 1};
  const auto interval = bootstrap_samples(
      3,
      [&](std::span<const std::size_t> i) {
        return area_under_curve(resampled(std::span<const double>(predicted), i),
                                resampled(std::span<const std::uint8_t>(labels), i));
      },
      0);
  EXPECT_FALSE(std::isnan(interval.low));
  EXPECT_DOUBLE_EQ(interval.value, 1.0);
}

}  // namespace
}  // namespace reprise::deep_probability
