#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "kernels/random/distributions.hpp"
#include "kernels/statistics/bootstrap.hpp"
#include "kernels/statistics/log_sum_exp.hpp"
#include "kernels/statistics/moments.hpp"
#include "kernels/statistics/quantile.hpp"

namespace reprise {
namespace {

TEST(Moments, MergeToTheMomentsOfAll) {
  RunningMoments all;
  RunningMoments left;
  RunningMoments right;
  for (int i = 0; i < 100; ++i) {
    const double x = std::sin(i) + 1e6;
    all.add(x);
    (i < 37 ? left : right).add(x);
  }
  left.merge(right);
  EXPECT_EQ(left.count(), 100U);
  EXPECT_NEAR(left.mean(), all.mean(), 1e-8);
  EXPECT_NEAR(left.variance(), all.variance(), 1e-8);
}

TEST(Quantile, InterpolatesBetweenOrderStatistics) {
  const std::vector<double> values{4.0, 1.0, 3.0, 2.0};
  EXPECT_DOUBLE_EQ(median(values), 2.5);
  EXPECT_DOUBLE_EQ(quantile(values, 0.25), 1.75);
  EXPECT_DOUBLE_EQ(quantile(values, 1.0), 4.0);
}

TEST(LogSumExp, SurvivesLargeAndInfiniteTerms) {
  EXPECT_NEAR(log_sum_exp(std::vector{-1000.0, -1000.0}), -1000.0 + std::log(2.0), 1e-12);
  EXPECT_EQ(log_sum_exp(std::vector<double>{}), -INFINITY);
  EXPECT_NEAR(log_add_exp(-INFINITY, 3.0), 3.0, 0.0);
  EXPECT_NEAR(log_add_exp(700.0, 700.0), 700.0 + std::log(2.0), 1e-12);
}

TEST(Bootstrap, FindsTheStandardErrorOfAMean) {
  Philox random(random_key(3), 0);
  std::vector<double> values;
  for (int i = 0; i < 400; ++i) {
    values.push_back(normal(random));
  }
  const Estimate exact = mean_with_error(values);
  const Estimate resampled = bootstrap(
      values, [](std::span<const double> x) { return mean_with_error(x).value; }, 400, random);
  EXPECT_DOUBLE_EQ(resampled.value, exact.value);
  EXPECT_NEAR(resampled.standard_error, exact.standard_error, 0.15 * exact.standard_error);
}

TEST(Skewness, OfAnExponentialIsTwo) {
  Philox random(random_key(5), 0);
  std::vector<double> values;
  for (int i = 0; i < 200000; ++i) {
    values.push_back(exponential(random));
  }
  EXPECT_NEAR(skewness(values), 2.0, 0.1);
}

}  // namespace
}  // namespace reprise
