#include "workers/deep_probability/random_design.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "kernels/random/hash_rng.hpp"
#include "kernels/statistics/moments.hpp"

namespace reprise::deep_probability {
namespace {

using testing::ElementsAre;

std::vector<std::uint32_t> head(const std::vector<std::uint32_t>& all, std::ptrdiff_t count) {
  return {all.begin(), all.begin() + count};
}

// Reference values of an independent implementation in another language, here and below.
TEST(Split, HasItsReferenceImages) {
  const Split parts = split(0, 2000, 1000, 2000);
  EXPECT_THAT(head(parts.train, 4), ElementsAre(17639, 53217, 11727, 8997));
  EXPECT_THAT(head(parts.validation, 4), ElementsAre(39420, 48398, 57489, 29030));
  EXPECT_THAT(head(parts.test, 4), ElementsAre(66136, 69166, 62575, 69792));
}

TEST(Split, IsDisjointAndStableInItsSizes) {
  const Split parts = split(3, 2000, 1000, 500);
  std::set<std::uint32_t> seen(parts.train.begin(), parts.train.end());
  seen.insert(parts.validation.begin(), parts.validation.end());
  EXPECT_LT(*seen.rbegin(), 60000U);
  EXPECT_GE(std::ranges::min(parts.test), 60000U);
  seen.insert(parts.test.begin(), parts.test.end());
  EXPECT_EQ(seen.size(), 3500U);
  EXPECT_EQ(split(3, 1000, 0, 0).train, head(parts.train, 1000));  // more samples keep the first ones
  EXPECT_THROW(split(3, 59000, 1001, 0), std::invalid_argument);
  EXPECT_THROW(split(3, 1, 1, 10001), std::invalid_argument);
}

TEST(EpochOrder, IsAPermutationWithItsReferenceHead) {
  std::vector<std::uint32_t> order = epoch_order(0, 0, 2000);
  EXPECT_THAT(head(order, 6), ElementsAre(408, 911, 342, 865, 130, 1913));
  EXPECT_NE(order, epoch_order(0, 1, 2000));
  EXPECT_NE(order, epoch_order(1, 0, 2000));
  std::ranges::sort(order);
  std::vector<std::uint32_t> all(2000);
  std::iota(all.begin(), all.end(), 0U);
  EXPECT_EQ(order, all);
}

TEST(Labels, AreDrawnWithTheirProbability) {
  const std::vector<double> probability(100000, 0.3);
  const auto sum = [](const std::vector<std::uint8_t>& y) { return std::accumulate(y.begin(), y.end(), 0); };
  const double four_errors = 4.0 * std::sqrt(100000 * 0.3 * 0.7);
  EXPECT_NEAR(sum(draw_labels(0, Scenario::linear, probability)), 30000, four_errors);
  EXPECT_NEAR(sum(redraw_labels(0, 5, Scenario::linear, probability)), 30000, four_errors);
  EXPECT_NE(draw_labels(0, Scenario::linear, probability), draw_labels(0, Scenario::skewed, probability));
  EXPECT_NE(redraw_labels(0, 1, Scenario::linear, probability),
            redraw_labels(0, 2, Scenario::linear, probability));
}

TEST(InitialParameters, AreScaledDraws) {
  EXPECT_EQ(parameter_seed(0), 11U);
  EXPECT_EQ(parameter_seed(2, 3), 331U);
  EXPECT_DOUBLE_EQ(conv_init(11, 0, 5, 8, 3), HashRng(11, 200).normal(5) / 6.0);
  EXPECT_DOUBLE_EQ(fc_init(11, 27, 63, 16), (2.0 * HashRng(11, 227).uniform(63) - 1.0) / 4.0);
}

// Fixed seed; each bound is 4 standard errors wide.
TEST(InitialParameters, HaveTheirLaws) {
  constexpr std::uint64_t kWeights = 50000;
  RunningMoments conv;
  RunningMoments fc;
  double largest = 0.0;
  for (std::uint64_t j = 0; j < kWeights; ++j) {
    conv.add(conv_init(11, 3, j, 16, 3));
    fc.add(fc_init(11, 4, j, 64));
    largest = std::max(largest, std::abs(fc_init(11, 4, j, 64)));
  }
  const double root = std::sqrt(kWeights);
  EXPECT_NEAR(conv.variance() * 72.0, 1.0, 4.0 * std::sqrt(2.0) / root);
  EXPECT_NEAR(fc.variance() * 3.0 * 64.0, 1.0, 4.0 * std::sqrt(0.8) / root);
  EXPECT_LE(largest, 0.125);
}

}  // namespace
}  // namespace reprise::deep_probability
