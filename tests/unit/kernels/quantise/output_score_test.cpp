#include "kernels/quantise/output_score.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace reprise::nn {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

const std::vector<float> kNone;

TEST(OutputScore, CosineIsOneForRowsScaledByAnything) {
  const std::vector<float> wanted{1, 2, 2, -3, 0, 4};
  const std::vector<float> got{2, 4, 4, -0.3F, 0, 0.4F};
  const auto scores = output_scores(OutputMetric::cosine, {wanted, kNone, Grouping::whole(), 3}, got);
  EXPECT_THAT(scores, ElementsAre(DoubleNear(2, 1e-7)));
}

TEST(OutputScore, CosineOfKnownAnglesByGroup) {
  // Two outputs of two blocks of two: the angles are 0 and 45 degrees, then 90 and 180.
  const std::vector<float> wanted{1, 0, 1, 0, 1, 0, 1, 0};
  const std::vector<float> got{2, 0, 1, 1, 0, 1, -3, 0};
  const auto scores = output_scores(OutputMetric::cosine, {wanted, kNone, {2, 2}, 2}, got);
  EXPECT_THAT(scores, ElementsAre(DoubleNear(1 + 0, 1e-12), DoubleNear(std::sqrt(0.5) - 1, 1e-12)));
}

TEST(OutputScore, CosineWithARowOfZerosIsZero) {
  const std::vector<float> wanted{1, 2};
  const std::vector<float> zeros{0, 0};
  EXPECT_THAT(output_scores(OutputMetric::cosine, {wanted, kNone, Grouping::whole(), 2}, zeros),
              ElementsAre(0));
}

TEST(OutputScore, GradientWeighsWhatIsLost) {
  const std::vector<float> wanted{1, 2, 3, 4};
  const std::vector<float> got{2, 2, 3, 7};
  const std::vector<float> gradient{10, 5, 0, 1};
  // (10^2 + 0) / 2 of the first row, (0 + 3^2) / 2 of the second.
  EXPECT_THAT(output_scores(OutputMetric::gradient, {wanted, gradient, Grouping::whole(), 2}, got),
              ElementsAre(-54.5));
  EXPECT_THAT(output_scores(OutputMetric::gradient, {wanted, gradient, {2, 2}, 2}, got),
              ElementsAre(-50, -4.5));
}

TEST(OutputScore, RefusesWhatDoesNotFit) {
  const std::vector<float> four{1, 2, 3, 4};
  const std::vector<float> three{1, 2, 3};
  const auto score = [&](OutputMetric metric, std::span<const float> gradient, Grouping grouping,
                         std::int64_t width, std::span<const float> got) {
    return output_scores(metric, {four, gradient, grouping, width}, got);
  };
  EXPECT_THROW(score(OutputMetric::cosine, kNone, Grouping::whole(), 2, three), std::invalid_argument);
  EXPECT_THROW(score(OutputMetric::gradient, kNone, Grouping::whole(), 2, four), std::invalid_argument);
  EXPECT_THROW(score(OutputMetric::cosine, kNone, Grouping::whole(), 3, four), std::invalid_argument);
  EXPECT_THROW(score(OutputMetric::cosine, kNone, {2, 1}, 2, four), std::invalid_argument);
}

}  // namespace
}  // namespace reprise::nn
