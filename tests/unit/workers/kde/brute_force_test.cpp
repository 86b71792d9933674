#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "kernels/statistics/moments.hpp"
#include "kernels/statistics/quantile.hpp"
#include "workers/kde/finite_size.hpp"
#include "workers/kde/gaussian_data.hpp"
#include "workers/kde/index_estimators.hpp"
#include "workers/kde/rare_neighbours.hpp"
#include "workers/kde/thresholds.hpp"

namespace reprise::kde {
namespace {

std::vector<float> typical_query(const std::vector<double>& deviation) {
  std::vector<float> x(deviation.begin(), deviation.end());
  for (std::size_t a = 1; a < x.size(); a += 2) {
    x[a] = -x[a];
  }
  return x;
}

// S1 against the theory of 2.7 at fixed x: four standard errors of 300 data sets.
TEST(BruteForce, AgreesWithTheFiniteSizeTheory) {
  for (const Spectrum& spectrum : {isotropic(), power_law(10, 1.0)}) {
    const std::vector<double> deviation = deviations(spectrum, 10);
    const std::vector<float> x = typical_query(deviation);
    const auto grid = BandwidthGrid::named(std::vector{0.4, 0.6, 0.9});
    std::vector<RunningMoments> log_sum(3);
    std::vector<RunningMoments> y2(3);
    for (std::uint64_t data = 0; data < 300; ++data) {
      const auto state = brute_force({random_key(31, data), deviation}, 10000, x, grid, {}).front();
      for (std::size_t k = 0; k < 3; ++k) {
        log_sum[k].add(log_kernel_sum(state, grid, k));
        y2[k].add(participation(state, k));
      }
    }
    const DistanceLaw law(LargeDeviations(spectrum), 10.0);
    for (std::size_t k = 0; k < 3; ++k) {
      const FiniteSizeSum theory(law, std::log(1e4), grid[k]);
      EXPECT_NEAR(log_sum[k].mean(), theory.mean_log_sum(), 4.0 * log_sum[k].standard_error());
      EXPECT_NEAR(y2[k].mean(), theory.participation(), 4.0 * y2[k].standard_error());
    }
  }
}

// 8.17: x-averaged mean and median of lambda_hat at (10, 1e4), reference +-
// SE 3.650+-.032, 3.247+-.021, 2.824+-.016, medians 3.17, 3.02, 2.69 +- .08. Ours: 20 data sets x 256
// queries.
TEST(BruteForce, HasTheNeighbourSlopesOfTheTable) {
  const std::vector<double> deviation(10, 1.0);
  const auto grid = BandwidthGrid::named(std::vector{0.01});
  std::vector<std::vector<double>> slopes(3);
  for (std::uint64_t data = 0; data < 20; ++data) {
    const GaussianData gaussian{random_key(32, data), deviation};
    const auto queries = gaussian.points(Stream::query, 0, 256);
    for (const DensityState& state :
         brute_force(gaussian, 10000, queries, grid, {.nearest = 21, .excess = false})) {
      std::vector<double> nearest;
      for (const Neighbour& neighbour : state.nearest) {
        nearest.push_back(neighbour.squared_distance);
      }
      slopes[0].push_back(neighbour_slope(nearest, 5));
      slopes[1].push_back(neighbour_slope(nearest, 10));
      slopes[2].push_back(neighbour_slope(nearest, 20));
    }
  }
  const double mean[] = {3.650, 3.247, 2.824};
  const double error[] = {.032, .021, .016};
  const double middle[] = {3.17, 3.02, 2.69};
  for (std::size_t k = 0; k < 3; ++k) {
    const Estimate ours = mean_with_error(slopes[k]);
    EXPECT_NEAR(ours.value, mean[k], 3.5 * std::hypot(error[k], ours.standard_error));
    EXPECT_NEAR(median(slopes[k]), middle[k], 3.0 * .08);
  }
}

// P1: KL_hat by its control variate, x-averaged, against the table of 8.7: KL .44250 at (10, 1e4, h = .5).
TEST(BruteForce, MeasuresTheDivergence) {
  const std::vector<double> deviation(10, 1.0);
  const auto grid = BandwidthGrid::named(std::vector{0.5, 0.6});
  std::vector<RunningMoments> divergence(2);
  for (std::uint64_t data = 0; data < 30; ++data) {
    const GaussianData gaussian{random_key(33, data), deviation};
    const auto queries = gaussian.points(Stream::query, 0, 256);
    const auto states = brute_force(gaussian, 10000, queries, grid, {.excess = false});
    for (std::size_t k = 0; k < 2; ++k) {
      RunningMoments mean;
      for (std::size_t q = 0; q < states.size(); ++q) {
        mean.add(log_density_of(gaussian, std::span(queries).subspan(q * 10, 10)) -
                 log_density(states[q], grid, k, 10));
      }
      divergence[k].add(mean.mean());
    }
  }
  EXPECT_NEAR(divergence[0].mean(), .44250, 4.0 * divergence[0].standard_error());
  EXPECT_NEAR(divergence[1].mean(), .30867, 4.0 * divergence[1].standard_error());
}

// 8.12: S3 against the reference and against S1. Reference errors .008, .004, .003.
TEST(RareNeighbours, HaveTheMeanDistancesOfTheTable) {
  const Spectrum spectrum = power_law(20, 1.0);
  const std::vector<double> deviation = deviations(spectrum, 20);
  std::vector<double> x;
  for (const float value : typical_query(deviation)) {
    x.push_back(static_cast<double>(value));
  }
  const RareNeighbourSampler sampler(x, spectrum.eigenvalue, std::log(1e5), 30.0);
  std::vector<RunningMoments> q(3);
  std::uint64_t accepted = 0;
  std::uint64_t proposed = 0;
  for (std::uint64_t data = 0; data < 4000; ++data) {
    const RareNeighbours drawn = sampler.draw(random_key(34), data);
    ASSERT_GE(drawn.half_squared_distance.size(), 10U);
    q[0].add(drawn.half_squared_distance[0]);
    q[1].add(drawn.half_squared_distance[4]);
    q[2].add(drawn.half_squared_distance[9]);
    accepted += drawn.half_squared_distance.size();
    proposed += drawn.proposals;
    EXPECT_EQ(drawn.point.size(), 20 * drawn.half_squared_distance.size());
  }
  const double reference[] = {2.675, 3.365, 3.682};
  const double error[] = {.008, .004, .003};
  for (std::size_t k = 0; k < 3; ++k) {
    EXPECT_NEAR(q[k].mean(), reference[k], 3.5 * std::hypot(error[k], q[k].standard_error()));
  }
  EXPECT_NEAR(static_cast<double>(accepted) / static_cast<double>(proposed), 0.18, 0.05);

  RunningMoments nearest;
  const auto grid = BandwidthGrid::named(std::vector{0.01});
  for (std::uint64_t data = 0; data < 100; ++data) {
    const auto state = brute_force({random_key(35, data), deviation}, 100000, typical_query(deviation), grid,
                                   {.excess = false});
    nearest.add(0.5 * state.front().nearest_squared);
  }
  EXPECT_NEAR(nearest.mean(), q[0].mean(), 4.0 * nearest.standard_error());
}

TEST(BruteForce, TypicalDensityNearsItsLimitWithDimension) {
  // |phi_theory(d) - phi| falls with d at fixed alpha and h/h_G (P1, P6).
  const LargeDeviations law(isotropic());
  const Edge edge = asymptotic_edge(law, 0.5);
  for (const double multiple : {0.6, 1.0, 1.5}) {
    const double h = multiple * edge.condensation_bandwidth();
    double before = 10.0;
    for (const int dim : {10, 40, 160}) {
      const FiniteSizeSum sum(DistanceLaw(law, dim), 0.5 * dim, h);
      const double gap = std::abs(sum.mean_log_density() / dim - typical_log_density(law, 0.5, edge, h));
      EXPECT_LT(gap, before);
      before = gap;
    }
  }
}

}  // namespace
}  // namespace reprise::kde
