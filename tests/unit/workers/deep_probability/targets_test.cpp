#include "workers/deep_probability/targets.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "tests/unit/workers/deep_probability/reference_sample.hpp"
#include "workers/deep_probability/random_design.hpp"
#include "workers/deep_probability/ranking.hpp"

namespace reprise::deep_probability {
namespace {

double sum(const std::vector<double>& t) {
  return std::accumulate(t.begin(), t.end(), 0.0);
}
double sum_of_squares(const std::vector<double>& t) {
  return std::inner_product(t.begin(), t.end(), t.begin(), 0.0);
}

// Reference values of an independent implementation in another language, here and below.
TEST(BinTargets, HaveTheirReferenceValues) {
  const ReferenceSample v = reference_sample();
  const auto t = bin_targets(v.predicted, v.labels, 5);
  EXPECT_THAT(std::set<double>(t.begin(), t.end()), testing::ElementsAre(0.275, 0.425, 0.5, 0.825, 0.9));
  EXPECT_THAT(std::vector<double>(t.begin(), t.begin() + 4), testing::ElementsAre(0.9, 0.5, 0.9, 0.425));
  const auto seven = bin_targets(v.predicted, v.labels, 7);
  EXPECT_NEAR(sum(seven), 117.0, 1e-8);
  EXPECT_NEAR(sum_of_squares(seven), 80.006157635, 1e-8);
}

TEST(KernelTargets, HaveTheirReferenceValues) {
  const ReferenceSample v = reference_sample();
  const auto t = kernel_targets(v.predicted, v.labels, 0.05, 100);
  const double head[] = {0.89651556, 0.47987602, 0.89870296, 0.3330386};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(t[i], head[i], 1e-8);
  }
  EXPECT_NEAR(sum(t), 117.435103241, 1e-8);
  EXPECT_NEAR(sum_of_squares(t), 80.752480688, 1e-8);
  const auto wide = kernel_targets(v.predicted, v.labels, 0.1, 20);
  EXPECT_NEAR(wide[0], 0.87669096, 1e-8);
  EXPECT_NEAR(sum(wide), 117.375732130, 1e-8);
  EXPECT_NEAR(sum_of_squares(wide), 80.614607476, 1e-8);
}

TEST(Targets, OfBinsAndOfIsotonicRegressionKeepTheEvents) {
  const ReferenceSample v = reference_sample(4, 501);
  const auto events = static_cast<double>(std::accumulate(v.labels.begin(), v.labels.end(), 0));
  for (const int bins : {1, 5, 7, 10, 15, 500, 501, 1000}) {
    EXPECT_NEAR(sum(bin_targets(v.predicted, v.labels, bins)), events, 1e-10) << bins;
    EXPECT_NEAR(sum(bin_targets(to_one_decimal(v.predicted), v.labels, bins)), events, 1e-10) << bins;
  }
  EXPECT_NEAR(sum(isotonic_targets(v.predicted, v.labels)), events, 1e-10);
  EXPECT_NEAR(sum(isotonic_targets(to_one_decimal(v.predicted), v.labels)), events, 1e-10);
}

TEST(Targets, FollowTheirSamplesThroughAPermutation) {
  const ReferenceSample v = reference_sample();
  const std::vector<std::uint32_t> order = epoch_order(1, 0, 200);
  std::vector<double> predicted;
  std::vector<std::uint8_t> labels;
  for (const std::uint32_t i : order) {
    predicted.push_back(v.predicted[i]);
    labels.push_back(v.labels[i]);
  }
  const auto same = [&](const std::vector<double>& before, const std::vector<double>& after) {
    for (std::size_t k = 0; k < order.size(); ++k) {
      EXPECT_EQ(after[k], before[order[k]]);
    }
  };
  same(bin_targets(v.predicted, v.labels, 7), bin_targets(predicted, labels, 7));
  same(kernel_targets(v.predicted, v.labels, 0.05, 30), kernel_targets(predicted, labels, 0.05, 30));
  same(isotonic_targets(v.predicted, v.labels), isotonic_targets(predicted, labels));
}

TEST(Targets, InTheExtremesAreTheLabelsOrTheirMean) {
  const ReferenceSample v = reference_sample();
  const auto labels = hard_targets(v.labels);
  const double mean = sum(labels) / 200.0;
  EXPECT_EQ(bin_targets(v.predicted, v.labels, 200), labels);
  EXPECT_EQ(bin_targets(v.predicted, v.labels, 400), labels);  // half of the bins are empty
  EXPECT_NEAR(bin_targets(v.predicted, v.labels, 1)[17], mean, 1e-15);
  EXPECT_EQ(kernel_targets(v.predicted, v.labels, 1e-9, 50), labels);
  EXPECT_NEAR(kernel_targets(v.predicted, v.labels, 1e9, 200)[17], mean, 1e-14);
}

// What CaPE cannot mend: a model that has memorised its labels is told them again.
TEST(Targets, OfAMemorisingModelAreItsLabels) {
  const ReferenceSample v = reference_sample();
  std::vector<double> memorised;
  for (std::size_t i = 0; i < v.labels.size(); ++i) {
    memorised.push_back(0.9 * v.labels[i] + 0.1 * v.predicted[i]);
  }
  EXPECT_EQ(isotonic_targets(memorised, v.labels), hard_targets(v.labels));
  const auto bins = bin_targets(memorised, v.labels, 200);
  EXPECT_EQ(bins, hard_targets(v.labels));
}

TEST(BinTargets, BreakTiesByIndex) {
  const std::vector<std::uint8_t> labels{1, 0, 1, 1};
  EXPECT_THAT(bin_targets(std::vector(4, 0.5), labels, 2), testing::ElementsAre(0.5, 0.5, 1.0, 1.0));
}

// W places to the left, W - 1 to the right.
TEST(KernelTargets, SeeAWindowThatIsOneLongerOnTheLeft) {
  const std::vector<std::uint8_t> labels{1, 0, 0, 0, 1};
  const auto t = kernel_targets(std::vector{0.1, 0.2, 0.3, 0.4, 0.5}, labels, 1e9, 2);
  EXPECT_NEAR(t[2], 0.25, 1e-12);  // 0, 1, 2, 3
  EXPECT_NEAR(t[3], 0.25, 1e-12);  // 1, 2, 3, 4
  EXPECT_NEAR(t[4], 1.0 / 3.0, 1e-12);
  EXPECT_NEAR(t[0], 0.5, 1e-12);
}

TEST(IsotonicTargets, IncreaseWithThePredictionAndAreSharedByTies) {
  const ReferenceSample v = reference_sample();
  const auto t = isotonic_targets(v.predicted, v.labels);
  double before = 0.0;
  for (const std::size_t i : ranking(v.predicted)) {
    EXPECT_GE(t[i], before);
    before = t[i];
  }
  const std::vector<std::uint8_t> labels{1, 0, 0, 1};
  EXPECT_THAT(isotonic_targets(std::vector{0.2, 0.2, 0.7, 0.7}, labels), testing::Each(0.5));
}

TEST(Targets, RefuseNonsense) {
  const std::vector<std::uint8_t> labels{1, 0};
  const std::vector<double> predicted{0.1, 0.2};
  EXPECT_THROW((void)bin_targets(predicted, labels, 0), std::invalid_argument);
  EXPECT_THROW((void)kernel_targets(predicted, labels, 0.0, 5), std::invalid_argument);
  EXPECT_THROW((void)isotonic_targets(std::vector{0.1}, labels), std::invalid_argument);
  EXPECT_THROW((void)bin_targets(std::vector{0.1, std::nan("")}, labels, 2), std::invalid_argument);
}

}  // namespace
}  // namespace reprise::deep_probability
