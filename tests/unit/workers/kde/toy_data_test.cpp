// 8.5: deterministic toy data, y_ia = sin(0.7 i + 1.3 a + 0.1 i a), i = 0..7, a = 0..2; x_a = cos(0.5 a +
// 0.2); h = 0.5.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "kernels/density/log_density.hpp"
#include "workers/kde/index_estimators.hpp"
#include "workers/kde/leave_one_out.hpp"

namespace reprise::kde {
namespace {

PointSet toy() {
  PointSet data{3, {}};
  for (int i = 0; i < 8; ++i) {
    for (int a = 0; a < 3; ++a) {
      data.coordinate.push_back(std::sin(0.7 * i + 1.3 * a + 0.1 * i * a));
    }
  }
  return data;
}

std::vector<double> query() {
  return {std::cos(0.2), std::cos(0.7), std::cos(1.2)};
}

TEST(ToyData, HasItsKernelSumsInDoublePrecision) {
  const auto grid = BandwidthGrid::named(std::vector{0.5});
  const auto state = density_states<double>(grid, {.nearest = 4}, query(), toy().coordinate, 3).front();
  EXPECT_NEAR(log_density(state, grid, 0, 3), -3.592300339556, 1e-11);
  EXPECT_NEAR(participation(state, 0), 0.516503002920, 1e-11);
  EXPECT_NEAR(largest_weight(state, 0), 0.652726848584, 1e-11);
  EXPECT_NEAR(weight_entropy(state, grid, 0), 0.817416584804, 1e-11);
  EXPECT_NEAR(state.nearest_squared, 0.631040639741, 1e-11);
  std::vector<double> nearest;
  for (const Neighbour& neighbour : state.nearest) {
    nearest.push_back(neighbour.squared_distance);
  }
  EXPECT_NEAR(neighbour_slope(nearest, 3), 0.702536862631, 1e-11);
}

TEST(ToyData, HasItsKernelSumsInSinglePrecision) {
  const std::vector<double> wide = query();
  const std::vector<double> rows = toy().coordinate;
  const std::vector<float> x(wide.begin(), wide.end());
  const std::vector<float> y(rows.begin(), rows.end());
  const auto grid = BandwidthGrid::named(std::vector{0.5});
  for (const DistanceMethod method : {DistanceMethod::subtraction, DistanceMethod::product}) {
    const auto state = density_states<float>(grid, {.distances = method}, x, y, 3).front();
    EXPECT_NEAR(log_density(state, grid, 0, 3), -3.592300339556, 1e-5);
    EXPECT_NEAR(participation(state, 0), 0.516503002920, 1e-5);
    EXPECT_NEAR(weight_entropy(state, grid, 0), 0.817416584804, 1e-5);
  }
}

TEST(ToyData, HasItsLeaveOneOutLikelihoodAndBandwidth) {
  const PointSet data = toy();
  const LeaveOneOut at = leave_one_out(data, std::vector{0.5}).front();
  EXPECT_NEAR(at.log_likelihood, -3.750734701475, 1e-11);
  EXPECT_NEAR(std::sqrt(at.mean_squared_distance / 3.0), 0.566250206564, 1e-11);
  const BandwidthSelection full = select_bandwidth(data, 0.5);
  EXPECT_TRUE(full.converged);
  EXPECT_NEAR(full.at.bandwidth, 0.5967373072, 1e-8);
  const NeighbourLists lists = find_neighbours(data, 0, 8);
  EXPECT_EQ(lists.kept, 7U);
  const BandwidthSelection listed = select_bandwidth(lists, 0.5);
  EXPECT_TRUE(listed.certified);
  EXPECT_NEAR(listed.at.bandwidth, 0.5967373072, 1e-8);
  EXPECT_NEAR(listed.at.log_likelihood, full.at.log_likelihood, 1e-10);
}

}  // namespace
}  // namespace reprise::kde
