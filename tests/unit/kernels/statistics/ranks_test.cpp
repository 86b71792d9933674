#include "kernels/statistics/ranks.hpp"

#include <gmock/gmock.h>

#include <cmath>

namespace reprise {
namespace {

TEST(MidRanks, AreSharedByEqualValues) {
  EXPECT_THAT(mid_ranks(std::vector{3.0, 1.0, 3.0, 2.0, 3.0}), testing::ElementsAre(4.0, 1.0, 4.0, 2.0, 4.0));
  EXPECT_TRUE(mid_ranks(std::vector<double>{}).empty());
}

TEST(Correlation, IsOneOnALineAndForSpearmanOnAnyMonotoneCurve) {
  const std::vector<double> x{1.0, 2.0, 3.0, 5.0};
  std::vector<double> line;
  std::vector<double> curve;
  for (const double v : x) {
    line.push_back(7.0 - 2.0 * v);
    curve.push_back(std::exp(v));
  }
  EXPECT_NEAR(pearson_correlation(x, line), -1.0, 1e-15);
  EXPECT_NEAR(spearman_correlation(x, curve), 1.0, 1e-15);
  EXPECT_LT(pearson_correlation(x, curve), 0.95);
}

// With distinct ranks 1 - 6 sum of squared rank differences / (n(n^2 - 1)).
TEST(Correlation, OfRanksHasSpearmansShortForm) {
  const std::vector<double> x{0.1, 0.5, 0.2, 0.9, 0.7};
  const std::vector<double> y{3.0, 9.0, 4.0, 8.0, 1.0};
  EXPECT_NEAR(spearman_correlation(x, y), 1.0 - 6.0 * (1 + 4 + 1 + 1 + 9) / (5.0 * 24.0), 1e-15);
}

TEST(Correlation, IsUndefinedForAConstant) {
  const std::vector<double> x{1.0, 2.0};
  const std::vector<double> one{1.0, 1.0};
  EXPECT_TRUE(std::isnan(pearson_correlation(x, one)));
  EXPECT_TRUE(std::isnan(pearson_correlation({}, {})));
  EXPECT_THROW((void)pearson_correlation(x, std::vector{1.0}), std::invalid_argument);
}

}  // namespace
}  // namespace reprise
