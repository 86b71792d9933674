#include "kernels/gaussian/pivoted_cholesky.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

namespace reprise {
namespace {

using Index = Eigen::Index;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

/// exp(-(h (i - j))^2 / 2): analytic, so that its numerical rank is far below n.
Eigen::MatrixXd gaussian_covariance(Index n, double h) {
  return Eigen::MatrixXd::NullaryExpr(n, n, [h](Index i, Index j) {
    const double t = h * static_cast<double>(i - j);
    return std::exp(-0.5 * t * t);
  });
}

Eigen::MatrixXd in_order(const Eigen::MatrixXd& c, const std::vector<Index>& order) {
  return Eigen::MatrixXd::NullaryExpr(c.rows(), c.cols(), [&](Index i, Index j) {
    return c(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(j)]);
  });
}

double residual(const Eigen::MatrixXd& c, const PivotedCholesky& p) {
  return (p.factor * p.factor.transpose() - in_order(c, p.order)).cwiseAbs().maxCoeff();
}

void expect_trapezoid(const PivotedCholesky& p, Index n) {
  std::vector<Index> sorted = p.order;
  std::ranges::sort(sorted);
  for (Index i = 0; i < n; ++i) {
    EXPECT_EQ(sorted.at(static_cast<std::size_t>(i)), i);
  }
  ASSERT_EQ(p.factor.rows(), n);
  ASSERT_EQ(p.factor.cols(), p.rank);
  for (Index j = 0; j < p.rank; ++j) {
    EXPECT_GT(p.factor(j, j), 0.0);
    EXPECT_EQ(p.factor.col(j).head(j).cwiseAbs().sum(), 0.0);
  }
}

TEST(PivotedCholesky, ReproducesAFullMatrixInBothOrders) {
  Eigen::MatrixXd c = gaussian_covariance(12, 1.5);
  c.diagonal().array() += Eigen::ArrayXd::LinSpaced(12, 0.0, 1.0);
  for (const auto order : {PivotOrder::largest_variance, PivotOrder::smallest_probability}) {
    const auto p = pivoted_cholesky(c, {.order = order});
    EXPECT_EQ(p.rank, 12);
    expect_trapezoid(p, 12);
    EXPECT_LT(residual(c, p), 1e-14);
  }
}

TEST(PivotedCholesky, StopsAtTheNumericalRankOfAnAnalyticCovariance) {
  const Eigen::MatrixXd c = gaussian_covariance(64, 0.1);
  for (const auto order : {PivotOrder::largest_variance, PivotOrder::smallest_probability}) {
    const auto p = pivoted_cholesky(c, {.order = order});
    EXPECT_LT(p.rank, 30);
    expect_trapezoid(p, 64);
    EXPECT_LT(residual(c, p), 1e-12);
  }
}

TEST(PivotedCholesky, FindsTheRankOfAnExactlySingularMatrix) {
  const Eigen::MatrixXd b = Eigen::MatrixXd::NullaryExpr(
      9, 4, [](Index i, Index j) { return std::pow(static_cast<double>(i) / 8.0, static_cast<double>(j)); });
  const auto p = pivoted_cholesky(b * b.transpose());
  EXPECT_EQ(p.rank, 4);
  EXPECT_LT(residual(b * b.transpose(), p), 1e-13);
}

TEST(PivotedCholesky, TakesTheLargestConditionalVarianceNext) {
  const auto p = pivoted_cholesky(gaussian_covariance(33, 0.25));
  for (Index j = 1; j < p.rank; ++j) {
    EXPECT_LE(p.factor(j, j), p.factor(j - 1, j - 1));
  }
}

TEST(PivotedCholesky, TakesTheLeastProbableNext) {
  // Given Y0 > 0, Y2 (correlation -0.9) is the one least likely positive.
  const Eigen::MatrixXd c{{1.0, 0.5, -0.9}, {0.5, 1.0, -0.45}, {-0.9, -0.45, 1.0}};
  EXPECT_EQ(pivoted_cholesky(c, {.order = PivotOrder::smallest_probability}).order,
            (std::vector<Index>{0, 2, 1}));
}

TEST(PivotedCholesky, KeepsTheFirstVariablesInPlace) {
  Eigen::MatrixXd c = gaussian_covariance(16, 0.4);
  c.row(1) *= 0.01;
  c.col(1) *= 0.01;
  for (const auto order : {PivotOrder::largest_variance, PivotOrder::smallest_probability}) {
    const auto p = pivoted_cholesky(c, {.order = order, .kept = 2});
    EXPECT_EQ(p.order[0], 0);
    EXPECT_EQ(p.order[1], 1);
    EXPECT_LT(residual(c, p), 1e-12);
  }
}

TEST(PivotedCholesky, RefusesWhatIsNoCovariance) {
  const auto factorise = [](Eigen::MatrixXd c, PivotOptions options = {}) {
    return [c, options] { (void)pivoted_cholesky(c, options); };
  };
  using Refused = std::invalid_argument;
  EXPECT_THAT(factorise(Eigen::MatrixXd{{1.0, 2.0}, {2.0, 1.0}}),
              ThrowsMessage<Refused>(HasSubstr("variable 1 has the variance -3")));
  EXPECT_THAT(factorise(Eigen::MatrixXd{{1.0, 0.0, 0.0}, {0.0, 0.0, 0.5}, {0.0, 0.5, 0.0}}),
              ThrowsMessage<Refused>(HasSubstr("variables 2 and 1 have no variance but the covariance 0.5")));
  EXPECT_THAT(factorise(Eigen::MatrixXd{{1.0, 0.5}, {0.4, 1.0}}),
              ThrowsMessage<Refused>(HasSubstr("symmetric")));
  EXPECT_THAT(factorise(Eigen::MatrixXd::Zero(2, 2)),
              ThrowsMessage<Refused>(HasSubstr("variance above zero")));
  EXPECT_THAT(factorise(Eigen::MatrixXd::Ones(2, 3)), ThrowsMessage<Refused>(HasSubstr("square")));
  EXPECT_THAT(factorise(Eigen::MatrixXd::Ones(3, 3), {.kept = 2}),
              ThrowsMessage<Refused>(HasSubstr("variable 1 is to be kept in place")));
}

}  // namespace
}  // namespace reprise
