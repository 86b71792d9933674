#include "kernels/gaussian/interval_statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include "kernels/random/distributions.hpp"
#include "kernels/statistics/moments.hpp"

namespace reprise {
namespace {

const IntervalQuestions kQuestions{
    .mean = 2.0, .survival_time = {0.5, 1.0, 4.0}, .threshold = {1.0, 2.0}, .lag = {0.0, 1.0, 3.0, 50.0}};

TEST(IntervalStatistics, CountCompleteIntervalsOnly) {
  IntervalStatistics statistics(kQuestions);
  statistics.add_path(kQuestions, std::vector{1.5, 2.25, 5.25, 6.75}, 10.0);
  EXPECT_EQ(statistics.paths, 1U);
  EXPECT_EQ(statistics.intervals, 3U);
  EXPECT_EQ(statistics.sum, 0.75 + 3.0 + 1.5);
  EXPECT_EQ(statistics.sum_of_squares, 0.5625 + 9.0 + 2.25);
  EXPECT_EQ(statistics.survivors, (std::vector<std::uint64_t>{3, 2, 0}));
  EXPECT_EQ(statistics.survival(1), 2.0 / 3.0);
  // Beyond 1: 3 and 1.5, and the last one, cut off at 3.25; beyond 2: 3, and the last one.
  EXPECT_EQ(statistics.tails[0].count, 2U);
  EXPECT_EQ(statistics.tails[0].excess, 2.5);
  EXPECT_EQ(statistics.tails[0].censored, 1U);
  EXPECT_EQ(statistics.tails[0].censored_excess, 2.25);
  EXPECT_EQ(tail_rate(statistics.tails[1]), 1 / (1.0 + 1.25));
}

TEST(IntervalStatistics, StretchesAreThoseOfAllStarts) {
  const std::vector crossings{1.5, 2.25, 5.25, 6.75};
  const double length = 10.0;
  IntervalStatistics statistics(kQuestions);
  statistics.add_path(kQuestions, crossings, length);
  for (std::size_t i = 0; i < kQuestions.lag.size(); ++i) {
    const double lag = kQuestions.lag[i];
    constexpr int kStarts = 100'000;
    int free = 0;
    const double starts = std::max(length - lag, 0.0);
    for (int k = 0; k < kStarts && starts > 0; ++k) {
      const double s = starts * (k + 0.5) / kStarts;
      bool crossed = false;
      for (const double c : crossings) crossed = crossed || (c >= s && c <= s + lag);
      free += crossed ? 0 : 1;
    }
    EXPECT_EQ(statistics.stretches[i].total, starts);
    EXPECT_NEAR(statistics.stretches[i].free, starts * free / kStarts, 1e-3) << lag;
  }
  IntervalStatistics without(kQuestions);
  without.add_path(kQuestions, {}, 10.0);
  EXPECT_EQ(without.stretches[2].free, 7.0);
  EXPECT_EQ(without.intervals, 0U);
}

TEST(IntervalStatistics, FirstIntervalsAreCutOffAtTheEnd) {
  constexpr double kNever = std::numeric_limits<double>::infinity();
  IntervalStatistics statistics(kQuestions);
  statistics.add_first_intervals(kQuestions, std::vector{0.75, kNever, 3.0, kNever}, 4.0);
  EXPECT_EQ(statistics.intervals, 2U);
  EXPECT_EQ(statistics.at_risk, 4U);
  EXPECT_EQ(statistics.survivors, (std::vector<std::uint64_t>{4, 3, 2}));
  EXPECT_EQ(tail_rate(statistics.tails[1]), 1 / (1.0 + 4.0));
  EXPECT_THROW(statistics.add_first_intervals(kQuestions, std::vector{1.0}, 3.0), std::invalid_argument);
}

TEST(IntervalStatistics, BinsAreLogarithmic) {
  EXPECT_EQ(interval_bin_edge(0), 0x1p-10);
  EXPECT_EQ(interval_bin_edge(320), 1.0);
  EXPECT_EQ(interval_bin_edge(511), std::exp2(6 - 1 / 32.0));
  for (std::size_t bin = 0; bin < IntervalStatistics::kBins; ++bin) {
    EXPECT_EQ(interval_bin(2.0 * interval_bin_edge(bin), 2.0), bin);
    EXPECT_EQ(interval_bin(std::nextafter(2.0 * interval_bin_edge(bin), 0.0), 2.0), bin == 0 ? 0 : bin - 1);
  }
  for (const double below : {0.0, 1e-300, std::numeric_limits<double>::denorm_min(), 1e-4}) {
    EXPECT_EQ(interval_bin(below, 1.0), 0U);
  }
  EXPECT_EQ(interval_bin(64.0, 1.0), 511U);
  EXPECT_EQ(interval_bin(1e300, 1.0), 511U);
}

// Exponential intervals of rate 0.4, seen in windows: four standard errors, wrong once in 16,000 seeds.
TEST(IntervalStatistics, EstimateAnExponentialLaw) {
  constexpr double kRate = 0.4;
  constexpr double kLength = 40.0;
  Philox random(random_key(8), 0);
  IntervalStatistics statistics(kQuestions);
  std::vector<RunningMoments> free(kQuestions.lag.size());
  constexpr int kPaths = 20'000;
  for (int path = 0; path < kPaths; ++path) {
    std::vector<double> crossings;
    for (double t = exponential(random) / kRate; t < kLength; t += exponential(random) / kRate) {
      crossings.push_back(t);
    }
    const IntervalStatistics before = statistics;
    statistics.add_path(kQuestions, crossings, kLength);
    for (std::size_t i = 0; i < free.size(); ++i) {
      free[i].add(statistics.stretches[i].free - before.stretches[i].free);
    }
  }
  for (const auto& tail : statistics.tails) {
    EXPECT_GT(tail.censored, 0U);
    EXPECT_LT(std::abs(tail_rate(tail) - kRate), 4 * kRate / std::sqrt(static_cast<double>(tail.count)));
  }
  for (const std::size_t i : {1U, 2U}) {
    const double total = kLength - kQuestions.lag[i];
    EXPECT_LT(std::abs(statistics.persistence(i) - std::exp(-kRate * kQuestions.lag[i])),
              4 * free[i].standard_error() / total);
    EXPECT_NEAR(statistics.stretches[i].total, total * kPaths, 1e-6);
  }
  EXPECT_NEAR(statistics.persistence(0), 1.0, 1e-12);
}

TEST(IntervalStatistics, MergingIsAddingAll) {
  // Eighths, so that sums are exact in any order.
  const std::vector<std::vector<double>> paths{{0.5, 1.25, 4.0}, {}, {0.125}, {2.0, 9.5}};
  IntervalStatistics all(kQuestions);
  std::vector<IntervalStatistics> parts;
  for (const auto& path : paths) {
    all.add_path(kQuestions, path, 10.0);
    parts.emplace_back(kQuestions).add_path(kQuestions, path, 10.0);
  }
  IntervalStatistics left = parts[0];
  for (const std::size_t i : {1U, 2U, 3U}) left.merge(parts[i]);
  IntervalStatistics right = parts[2];
  right.merge(parts[3]);
  IntervalStatistics pair = parts[0];
  pair.merge(parts[1]);
  pair.merge(right);
  EXPECT_EQ(left, all);
  EXPECT_EQ(pair, all);
  EXPECT_THROW(left.merge(IntervalStatistics()), std::invalid_argument);
}

TEST(IntervalStatistics, TakeWhatAScanSaw) {
  CrossingScan scan(2, 0.5);
  scan.scan(std::vector{1.0, -1.0, -1.0, -1.0, 1.0, -1.0, 1.0, 1.0, -1.0, 1.0});
  IntervalStatistics statistics(kQuestions);
  statistics.add(kQuestions, scan);
  EXPECT_EQ(statistics.paths, 2U);
  EXPECT_EQ(statistics.steps, 8U);
  EXPECT_EQ(statistics.sign_changes, 4U);
  EXPECT_EQ(statistics.intervals, 2U);  // 0.25 to 0.75 to 1.75 of the first; the second has one crossing
  EXPECT_EQ(statistics.mean_interval(), 0.75);
}

TEST(IntervalStatistics, RefuseQuestionsOutOfOrder) {
  EXPECT_THROW(IntervalStatistics({.mean = 1.0, .survival_time = {2.0, 1.0}}), std::invalid_argument);
  EXPECT_THROW(IntervalStatistics({.mean = 0.0}), std::invalid_argument);
  EXPECT_THROW(IntervalStatistics({.mean = 1.0, .lag = {-1.0}}), std::invalid_argument);
}

}  // namespace
}  // namespace reprise
