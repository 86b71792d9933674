#include "workers/kde/top_k_sampler.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include "kernels/random/distributions.hpp"
#include "kernels/statistics/moments.hpp"
#include "kernels/statistics/stable_index.hpp"
#include "workers/kde/finite_size.hpp"
#include "workers/kde/index_estimators.hpp"

namespace reprise::kde {
namespace {

struct Measured {
  double log_variance_index, y2, characteristic_index, skewness;
};

/// 3000 data sets, d = 100 or 400, alpha = 1/2, |x|^2 = d.
class AtIndex {
 public:
  AtIndex(double dim, double nearest)
      : sampler_(DistanceLaw(LargeDeviations(isotropic()), dim, 20000), 0.5 * dim, nearest),
        edge_(finite_size_edge(sampler_.law().large_deviations(), dim, 0.5 * dim)) {
    for (std::uint64_t i = 0; i < 3000; ++i) {
      points_.push_back(sampler_.draw(random_key(1), i));
    }
  }

  [[nodiscard]] Measured operator()(double mu) const {
    const TopKSum sum(sampler_, std::sqrt(mu / edge_.lambda));
    std::vector<double> log_sums;
    std::vector<double> centred;
    RunningMoments y2;
    for (const NearestPoints& points : points_) {
      const SampledSum z = sum(points);
      log_sums.push_back(z.log_sum);
      centred.push_back(z.centred);
      y2.add(z.participation);
    }
    // Below mu = 1 there is no mean to centre at.
    return {log_variance_index(log_sums), y2.mean(), mu > 1.0 ? characteristic_function_index(centred) : 0.0,
            skewness(centred)};
  }

 private:
  TopKSampler sampler_;
  Edge edge_;
  std::vector<NearestPoints> points_;
};

// 8.11. Tolerances of the spec: .06 on indices, .02 on Y2.
TEST(TopKSampler, HasTheStableIndicesOfTheTableAtDimension100) {
  const AtIndex at(100.0, 3000.0);
  const std::vector<std::array<double, 3>> condensed{{.25, .255, .752}, {.5, .506, .507}, {.75, .741, .278}};
  for (const auto& [mu, index, y2] : condensed) {
    const Measured measured = at(mu);
    EXPECT_NEAR(measured.log_variance_index, index, 0.06);
    EXPECT_NEAR(measured.y2, y2, 0.02);
  }
  const std::vector<std::array<double, 2>> heavy{
      {1.25, 1.286}, {1.5, 1.508}, {1.75, 1.690}, {2.5, 1.987}, {4.0, 2.006}};
  for (const auto& [mu, index] : heavy) {
    EXPECT_NEAR(at(mu).characteristic_index, index, 0.06) << mu;
  }
}

TEST(TopKSampler, HasTheStableIndicesOfTheTableAtDimension400) {
  const AtIndex at(400.0, 3000.0);
  EXPECT_NEAR(at(.5).y2, .502, 0.02);
  EXPECT_NEAR(at(.75).y2, .261, 0.02);
  const std::vector<std::array<double, 2>> heavy{{1.25, 1.270}, {1.5, 1.520}, {1.75, 1.742}};
  for (const auto& [mu, index] : heavy) {
    EXPECT_NEAR(at(mu).characteristic_index, index, 0.06) << mu;
  }
  EXPECT_TRUE(std::isfinite(at(2.5).characteristic_index));
}

// Four standard errors of 4000 data sets.
TEST(TopKSampler, AgreesWithTheFiniteSizeTheory) {
  struct Case {
    double dim, log_n, h;
  };
  for (const Case& c : {Case{10, std::log(1e4), .5}, Case{20, std::log(1e5), .6}, Case{100, 50.0, .5}}) {
    const DistanceLaw law(LargeDeviations(isotropic()), c.dim, 20000);
    const FiniteSizeSum theory(law, c.log_n, c.h);
    const TopKSampler sampler(law, c.log_n, 500.0);
    const TopKSum sum(sampler, c.h);
    RunningMoments log_sum;
    RunningMoments y2;
    for (std::uint64_t i = 0; i < 4000; ++i) {
      const SampledSum z = sum(sampler.draw(random_key(2), i));
      log_sum.add(z.log_sum);
      y2.add(z.participation);
      EXPECT_LE(z.largest_weight, 1.0 + 1e-12);
    }
    EXPECT_NEAR(log_sum.mean(), theory.mean_log_sum(), 4.0 * log_sum.standard_error() + 2e-3);
    EXPECT_NEAR(y2.mean(), theory.participation(), 4.0 * y2.standard_error());
    EXPECT_NEAR(log_sum.variance() / theory.log_sum_variance(), 1.0, 0.15);
  }
}

// n = 148: three tenths of the points are drawn, and what is near is not far. Four standard errors of 20,000
// data sets; without the fluctuation of the rest's number the variance would be 30 % too large.
TEST(TopKSampler, HasTheSpreadOfFewPoints) {
  const DistanceLaw law(LargeDeviations(isotropic()), 10.0, 20000);
  const double h = std::sqrt(4.0 / finite_size_edge(law.large_deviations(), 10.0, 5.0).lambda);
  const FiniteSizeSum theory(law, 5.0, h);
  const TopKSampler sampler(law, 5.0, 3000.0);
  const TopKSum sum(sampler, h);
  std::vector<double> log_sums;
  RunningMoments y2;
  for (std::uint64_t i = 0; i < 20000; ++i) {
    const SampledSum z = sum(sampler.draw(random_key(7), i));
    log_sums.push_back(z.log_sum);
    y2.add(z.participation);
  }
  const Estimate variance = variance_with_error(log_sums);
  EXPECT_NEAR(variance.value, theory.log_sum_variance(), 4.0 * variance.standard_error + 1e-4);
  EXPECT_NEAR(y2.mean(), theory.participation(), 4.0 * y2.standard_error() + 1e-4);
}

// 8.17, (20, 1e5): the mean over x of lambda_hat. Standard errors of the reference .05, .03, .02; ours are
// smaller.
TEST(TopKSampler, HasTheNeighbourSlopesOfTheTable) {
  std::vector<RunningMoments> slope(3);
  for (std::uint64_t x = 0; x < 400; ++x) {
    Philox random(random_key(3), x);
    double squared_norm = 0.0;
    for (int a = 0; a < 20; ++a) {
      const double coordinate = normal(random);
      squared_norm += coordinate * coordinate;
    }
    const TopKSampler sampler(DistanceLaw(LargeDeviations(isotropic(), {squared_norm / 20.0}), 20.0),
                              std::log(1e5), 60.0);
    for (std::uint64_t data = 0; data < 20; ++data) {
      const auto nearest = nearest_squared_distances(sampler.draw(random_key(4, x), data), 21);
      ASSERT_EQ(nearest.size(), 21U);
      slope[0].add(neighbour_slope(nearest, 5));
      slope[1].add(neighbour_slope(nearest, 10));
      slope[2].add(neighbour_slope(nearest, 20));
    }
  }
  EXPECT_NEAR(slope[0].mean(), 2.05, 0.13);
  EXPECT_NEAR(slope[1].mean(), 1.90, 0.09);
  EXPECT_NEAR(slope[2].mean(), 1.76, 0.06);
}

TEST(TopKSampler, DrawsDependOnTheDataSetOnly) {
  const TopKSampler sampler(DistanceLaw(LargeDeviations(isotropic()), 30.0), 20.0, 100.0);
  const NearestPoints once = sampler.draw(random_key(5), 17);
  (void)sampler.draw(random_key(5), 3);
  EXPECT_EQ(sampler.draw(random_key(5), 17).half_squared_distance, once.half_squared_distance);
  EXPECT_NE(sampler.draw(random_key(5), 18).half_squared_distance, once.half_squared_distance);
}

// The ball of the top hat holds a Poisson number of points: four standard errors of 2000 data sets.
TEST(TopKSampler, EmptyBallsOfTheTopHatHaveNoSum) {
  const TopKSampler sampler(DistanceLaw(LargeDeviations(isotropic()), 100.0, 20000), 50.0, 300.0);
  const RadialKernel hat{KernelShape::top_hat};
  for (const double expected : {0.05, 1.0, 3.0}) {
    const double q = sampler.law().quantile(std::log(expected) - 50.0);
    const TopKSum sum(sampler, std::sqrt(2.0 * q / 100.0), hat);
    double empty = 0.0;
    for (std::uint64_t i = 0; i < 2000; ++i) {
      empty += std::isinf(sum(sampler.draw(random_key(8), i)).log_sum) ? 1.0 / 2000.0 : 0.0;
    }
    const double p = std::exp(-expected);
    EXPECT_NEAR(empty, p, 4.0 * std::sqrt(p * (1.0 - p) / 2000.0)) << expected;
  }
}

// E10 at reduced size: the kernels at their own mu = 1/2 have the participation of PD(1/2, 0), up to finite
// size.
TEST(TopKSampler, OtherKernelsCondenseAtTheirOwnThresholds) {
  const TopKSampler sampler(DistanceLaw(LargeDeviations(isotropic()), 400.0, 20000), 200.0, 300.0);
  const Edge edge = finite_size_edge(sampler.law().large_deviations(), 400.0, 200.0);
  for (const KernelShape shape : {KernelShape::gaussian, KernelShape::exponential}) {
    const RadialKernel kernel{shape};
    const TopKSum sum(sampler, kernel.bandwidth_at_index(edge, 0.5).value(), kernel);
    RunningMoments y2;
    for (std::uint64_t i = 0; i < 2000; ++i) {
      y2.add(sum(sampler.draw(random_key(6), i)).participation);
    }
    EXPECT_NEAR(y2.mean(), 0.5, 0.03) << to_string(shape);
  }
}

}  // namespace
}  // namespace reprise::kde
