#include "kernels/gaussian/orthant.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <stdexcept>
#include <vector>

#include "covariances.hpp"
#include "kernels/gaussian/normal_law.hpp"

namespace reprise {
namespace {

using Index = Eigen::Index;
using std::numbers::pi;

constexpr PivotOptions kGreedy{.order = PivotOrder::smallest_probability};

/// P(X > 0, Y > 0) at a correlation.
double quadrant(double correlation) {
  return 0.25 + std::asin(correlation) / (2.0 * pi);
}

// Seeds are fixed. Means of 16 shifts lie within four of their standard errors of the truth but once in 900
// times; where a tolerance is absolute it is that of the published value.
void expect_estimate(const Estimate& estimate, double exact, double largest_error) {
  EXPECT_NEAR(estimate.value, exact, 4.0 * estimate.standard_error + 1e-14);
  EXPECT_LT(estimate.standard_error, largest_error);
}

/// No zero of X on the grid of step h over [0, t], fields of both signs.
Estimate grid_persistence(double t, double h, std::uint64_t points, const PivotOptions& options = {}) {
  const auto n = static_cast<Index>(std::lround(t / h)) + 1;
  const auto one_sign =
      orthant_probability(grid_covariance(Diffusion2::r, n, h), random_key(1), points, 16, options);
  return {2.0 * one_sign.value, 2.0 * one_sign.standard_error};
}

TEST(OrthantProbability, IsTheArcsineFormulaInTwoAndThreeDimensions) {
  const double r1 = Diffusion2::r(1.0);
  const double two = 0.5 + std::asin(r1) / pi;
  const double three = 0.25 + (2.0 * std::asin(r1) + std::asin(Diffusion2::r(2.0))) / (2.0 * pi);
  EXPECT_NEAR(two, 0.847089953376, 1e-12);
  EXPECT_NEAR(three, 0.709298460541, 1e-12);
  expect_estimate(grid_persistence(1.0, 1.0, 4096), two, 2e-5);
  expect_estimate(grid_persistence(2.0, 1.0, 4096), three, 5e-5);
  for (const double correlation : {-0.99, -0.3, 0.0, 0.8}) {
    expect_estimate(orthant_probability(equicorrelated(2, correlation), random_key(2), 4096, 16),
                    quadrant(correlation), 2e-5);
  }
}

TEST(OrthantProbability, IsOneOverNPlusOneAtCorrelationsOfAHalf) {
  for (const Index n : {1, 4, 10, 37}) {
    for (const PivotOptions& options : {PivotOptions(), kGreedy}) {
      const auto p = orthant_probability(equicorrelated(n, 0.5), random_key(3), 4096, 16, options);
      EXPECT_NEAR(p.value, 1.0 / static_cast<double>(n + 1), 5e-5) << n;
      expect_estimate(p, 1.0 / static_cast<double>(n + 1), 5e-5);
    }
  }
}

TEST(OrthantProbability, IsAProductForIndependentVariables) {
  const auto p =
      orthant_probability(Eigen::VectorXd::LinSpaced(20, 0.1, 3.0).asDiagonal(), random_key(1), 256, 2);
  EXPECT_NEAR(p.value, std::ldexp(1.0, -20), 1e-19);
}

TEST(OrthantProbability, IsThePersistenceOfDiffusionOnAGrid) {
  EXPECT_NEAR(grid_persistence(8.0, 1.0, 4096).value, 0.238088, 2e-4);
  EXPECT_NEAR(grid_persistence(8.0, 0.5, 4096).value, 0.231084, 2e-4);
  EXPECT_NEAR(grid_persistence(8.0, 0.25, 8192).value, 0.229304, 2e-4);
}

TEST(OrthantProbability, HoldsWhereTimeOrderHasOnlyRoundingLeft) {
  // In time order conditional variances fall below rounding, and a factor with jitter gives 0.176.
  const Eigen::MatrixXd c = grid_covariance(Diffusion2::r, 65, 0.125);
  EXPECT_LT(pivoted_cholesky(c).rank, 50);
  EXPECT_THROW((void)pivoted_cholesky(c, {.kept = 65}), std::invalid_argument);
  const auto p = grid_persistence(8.0, 0.125, 4096);
  EXPECT_NEAR(p.value, 0.228813, 2e-4);
  EXPECT_LT(p.standard_error, 1e-4);
  const auto greedy = grid_persistence(8.0, 0.125, 4096, kGreedy);
  EXPECT_NEAR(greedy.value, p.value, 4.0 * std::hypot(greedy.standard_error, p.standard_error));
}

TEST(OrthantProbability, TakesVariablesThatOthersDetermine) {
  // (X1, X2, X1, X1 + X2, X1 - X2 / 2) of independent X1, X2: a sector of the plane.
  const Eigen::MatrixXd a{{1.0, 0.0}, {0.0, 1.0}, {1.0, 0.0}, {1.0, 1.0}, {1.0, -0.5}};
  for (const PivotOptions& options : {PivotOptions(), kGreedy}) {
    const auto p = orthant_probability(a * a.transpose(), random_key(1), 16384, 16, options);
    expect_estimate(p, std::atan(2.0) / (2.0 * pi), 1e-4);
  }
  const Eigen::MatrixXd opposite{{1.0, -1.0}, {-1.0, 1.0}};
  EXPECT_EQ(orthant_probability(opposite, random_key(1), 512, 2).value, 0.0);
}

TEST(OrthantProbability, KeepsSamplesThatGoOnWhereOthersLoseTheirWeight) {
  Eigen::MatrixXd c = Eigen::MatrixXd::Identity(10, 10);
  c(0, 1) = c(1, 0) = -0.9999;
  const auto p = orthant_probability(c, random_key(1), 16384, 16, kGreedy);
  const double exact = quadrant(-0.9999) / 256.0;
  expect_estimate(p, exact, 0.02 * exact);
}

TEST(GaussianOrthant, WeighsAPointAsAPlainLoopDoes) {
  const auto factor = pivoted_cholesky(grid_covariance(Diffusion2::r, 33, 0.25));
  const GaussianOrthant orthant(factor);
  const ShiftedLattice lattice(orthant.dimensions(), random_key(5), 1);
  for (const std::uint64_t k : {std::uint64_t{0}, std::uint64_t{77}, std::uint64_t{1} << 40U}) {
    Eigen::VectorXd z(factor.rank);
    double weight = 1.0;
    for (Index i = 0; i < 33; ++i) {
      const Index known = std::min(i, factor.rank);
      const double mean = factor.factor.row(i).head(known).dot(z.head(known));
      if (i < factor.rank) {
        const double p = normal_cdf(mean / factor.factor(i, i));
        z[i] = -normal_quantile(p * lattice.coordinate(k, static_cast<std::size_t>(i)));
        weight *= p;
      } else if (mean <= 0.0) {
        weight = 0.0;
      }
    }
    EXPECT_NEAR(orthant.sum(lattice, k, 1).sum, weight, 1e-9 * weight) << k;
  }
}

TEST(GaussianOrthant, SumsDoNotDependOnHowRangesAreCut) {
  const GaussianOrthant orthant(pivoted_cholesky(grid_covariance(Diffusion2::r, 17, 0.5)));
  const ShiftedLattice lattice(orthant.dimensions(), random_key(6), 0);
  constexpr std::uint64_t kBatch = GaussianOrthant::kBatch;
  constexpr std::uint64_t kFirst = 5 * kBatch;
  const LatticeSum whole = orthant.sum(lattice, kFirst, 11 * kBatch + 100);
  LatticeSum parts;
  parts += orthant.sum(lattice, kFirst, kBatch);
  parts += orthant.sum(lattice, kFirst + kBatch, 4 * kBatch);
  parts += orthant.sum(lattice, kFirst + 5 * kBatch, 6 * kBatch + 100);
  EXPECT_EQ(parts.count, whole.count);
  EXPECT_EQ(parts.mean(), whole.mean());
  EXPECT_EQ(orthant.sum(lattice, kFirst, 11 * kBatch + 100).mean(), whole.mean());
  // Cuts within a batch change the order of a sum, and no weight.
  LatticeSum within = orthant.sum(lattice, kFirst, 3);
  within += orthant.sum(lattice, kFirst + 3, 11 * kBatch + 97);
  EXPECT_NEAR(within.mean(), whole.mean(), 1e-14 * whole.mean());
}

TEST(GaussianOrthant, AddsARayleighVariable) {
  for (const double loading : {-0.7, 0.0, 2.0}) {
    const GaussianOrthant orthant(pivoted_cholesky(Eigen::MatrixXd::Constant(1, 1, 0.49)),
                                  {.rayleigh = Eigen::VectorXd::Constant(1, loading)});
    expect_estimate(integrate(orthant, random_key(1), 4096, 16),
                    0.5 + 0.5 * loading / std::sqrt(loading * loading + 0.49), 2e-5);
  }
}

TEST(GaussianOrthant, MultipliesByTheFirstValues) {
  for (const double correlation : {-0.8, 0.0, 0.6}) {
    Eigen::MatrixXd c = equicorrelated(2, correlation);
    c.row(1) *= 3.0;
    c.col(1) *= 3.0;
    const GaussianOrthant orthant(pivoted_cholesky(c, {.kept = 2}), {.weighted = 2});
    const double exact =
        3.0 *
        (std::sqrt(1.0 - correlation * correlation) + correlation * (pi / 2.0 + std::asin(correlation))) /
        (2.0 * pi);
    expect_estimate(integrate(orthant, random_key(1), 4096, 16), exact, 5e-4);
  }
}

TEST(GaussianOrthant, HasSmallerErrorsOverLatticesOfRankOne) {
  const GaussianOrthant orthant(pivoted_cholesky(grid_covariance(Diffusion2::r, 33, 0.25)));
  const Estimate plain = integrate(orthant, random_key(9), 2048, 16);
  const Estimate better = integrate(orthant, random_key(9), 2048, 16, LatticeRule::rank_one);
  EXPECT_NEAR(better.value, plain.value, 4.0 * std::hypot(plain.standard_error, better.standard_error));
  EXPECT_LT(better.standard_error, plain.standard_error);
}

/// P(T > t), T between zero crossings, by the Slepian model on n points.
Estimate slepian_survival(double t, Index n) {
  const auto time = [&](Index i) { return t * static_cast<double>(i + 1) / static_cast<double>(n); };
  const Eigen::MatrixXd residual = Eigen::MatrixXd::NullaryExpr(n, n, [&](Index i, Index j) {
    using M = Diffusion2;
    return M::r(time(i) - time(j)) - M::r(time(i)) * M::r(time(j)) - M::drift(time(i)) * M::drift(time(j));
  });
  const GaussianOrthant orthant(
      pivoted_cholesky(residual),
      {.rayleigh = Eigen::VectorXd::NullaryExpr(n, [&](Index i) { return Diffusion2::drift(time(i)); })});
  return integrate(orthant, random_key(7), 4096, 16);
}

/// Values at 2 h and h whose bias is of order h^2.
double extrapolated(double coarse, double fine) {
  return (4.0 * fine - coarse) / 3.0;
}

TEST(GaussianOrthant, IsTheSurvivalOfExcursionsInTheSlepianModel) {
  constexpr double kMean = 2.0 * pi;
  constexpr std::array<std::array<double, 2>, 4> kExact{
      {{0.5, 0.66847834}, {1.0, 0.37176422}, {2.0, 0.11445382}, {4.0, 0.01084796}}};
  for (const auto& [time, survival] : kExact) {
    const auto n = static_cast<Index>(12.0 * std::max(time, 1.0));
    EXPECT_NEAR(
        extrapolated(slepian_survival(time * kMean, n).value, slepian_survival(time * kMean, 2 * n).value),
        survival, 4e-4)
        << time;
  }
}

/// Density of T by Durbin's formula on n points within (0, t): velocities D0 > 0 and -D1 > 0 at the ends.
Estimate durbin_density(double t, Index n) {
  using M = Diffusion2;
  const auto time = [&](Index i) { return t * static_cast<double>(i - 1) / static_cast<double>(n + 1); };
  // Joint covariance of (D0, -D1, X(t_1), ..., X(t_n)) and then (X(0), X(t)).
  const Index all = n + 4;
  const auto place = [&](Index i) { return i == n + 2 ? 0.0 : i == n + 3 ? t : time(i); };
  Eigen::MatrixXd joint(all, all);
  for (Index i = 0; i < all; ++i) {
    for (Index j = 0; j < all; ++j) {
      const auto cov = [&](Index a, Index b) {
        if (a == 0 && b == 0) return -M::curvature(0.0);
        if (a == 1 && b == 1) return -M::curvature(0.0);
        if (a == 0 && b == 1) return M::curvature(t);  // -Cov(D0, D1)
        if (a == 0) return -M::slope(place(b));        // Cov(D0, X_s)
        if (a == 1) return -M::slope(t - place(b));    // -Cov(D1, X_s)
        return M::r(place(a) - place(b));
      };
      joint(i, j) = cov(std::min(i, j), std::max(i, j));
    }
  }
  const Eigen::MatrixXd ends = joint.bottomRightCorner(2, 2);
  const Eigen::MatrixXd cross = joint.topRightCorner(n + 2, 2);
  Eigen::MatrixXd given = joint.topLeftCorner(n + 2, n + 2) - cross * ends.inverse() * cross.transpose();
  given = (0.5 * (given + given.transpose())).eval();
  const GaussianOrthant orthant(pivoted_cholesky(given, {.kept = 2}), {.weighted = 2});
  const Estimate moment = integrate(orthant, random_key(8), 4096, 16);
  const double factor =
      4.0 * pi / (2.0 * pi * std::sqrt(1.0 - M::r(t) * M::r(t)));  // phi2 / nu, nu = 1 / (4 pi)
  return {factor * moment.value, factor * moment.standard_error};
}

TEST(GaussianOrthant, IsTheDensityOfExcursionsInDurbinsForm) {
  constexpr std::array<std::array<double, 2>, 4> kExact{
      {{1.0, 0.103780}, {2.0, 0.135392}, {5.0, 0.088582}, {10.0, 0.034723}}};
  for (const auto& [time, density] : kExact) {
    const auto n = static_cast<Index>(std::max(3.0, 2.0 * time));
    EXPECT_NEAR(extrapolated(durbin_density(time, n).value, durbin_density(time, 2 * n + 1).value), density,
                1e-4)
        << time;
  }
}

TEST(GaussianOrthant, RefusesFormsThatDoNotFit) {
  const auto factor = pivoted_cholesky(Eigen::MatrixXd{{1.0, 0.0}, {0.0, 2.0}});
  EXPECT_THROW(GaussianOrthant(factor, {.rayleigh = Eigen::VectorXd::Ones(3)}), std::invalid_argument);
  EXPECT_THROW(GaussianOrthant(factor, {.weighted = 1}), std::invalid_argument);  // variable 1 comes first
  EXPECT_THROW(GaussianOrthant(factor, {.weighted = 3}), std::invalid_argument);
  EXPECT_THROW((void)GaussianOrthant(factor).sum(ShiftedLattice(1, random_key(1), 0), 0, 1),
               std::invalid_argument);
}

}  // namespace
}  // namespace reprise
