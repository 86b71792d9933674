#include "kernels/data/pca.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

#include "kernels/random/blocks.hpp"

namespace reprise {
namespace {

std::vector<double> sample(std::size_t rows, std::size_t columns) {
  std::vector<double> values(rows * columns);
  fill_normal({random_key(8), 0, 0, rows, columns}, std::span<double>(values));
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = values[i] / static_cast<double>(1 + i % columns) + 5.0;
  }
  return values;
}

double squared_distance(const std::vector<double>& rows, std::size_t columns, std::size_t i, std::size_t j) {
  double sum = 0.0;
  for (std::size_t a = 0; a < columns; ++a) {
    sum += std::pow(rows[i * columns + a] - rows[j * columns + a], 2);
  }
  return sum;
}

TEST(PrincipalComponents, KeepDistancesWhenAllAreKept) {
  for (const auto& [rows, columns] : {std::pair<std::size_t, std::size_t>{40, 6}, {6, 40}}) {
    const std::vector<double> values = sample(rows, columns);
    const PrincipalComponents pca = principal_components(values, columns, std::min(rows, columns));
    EXPECT_NEAR(squared_distance(pca.scores, pca.components, 1, 4), squared_distance(values, columns, 1, 4),
                1e-10);
  }
}

TEST(PrincipalComponents, ScoresAreUncorrelatedWithFallingVariance) {
  const PrincipalComponents pca = principal_components(sample(200, 7), 7, 4);
  for (std::size_t a = 0; a < 4; ++a) {
    for (std::size_t b = 0; b < 4; ++b) {
      double product = 0.0;
      for (std::size_t i = 0; i < 200; ++i) {
        product += pca.scores[i * 4 + a] * pca.scores[i * 4 + b] / 200.0;
      }
      EXPECT_NEAR(product, a == b ? pca.variance[a] : 0.0, 1e-12);
    }
    EXPECT_TRUE(a == 0 || pca.variance[a] <= pca.variance[a - 1]);
  }
}

TEST(PrincipalComponents, AreNoMoreThanTheDataHave) {
  EXPECT_THROW((void)principal_components(sample(3, 5), 5, 4), std::invalid_argument);
}

}  // namespace
}  // namespace reprise
