#include "workers/kde/own_weight.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "kernels/statistics/moments.hpp"
#include "workers/kde/thresholds.hpp"

namespace reprise::kde {
namespace {

// 8.15, tolerance .08: reference values are means of 150 draws.
TEST(OwnWeight, StepsFromOneToZeroAtTheMemorisationBandwidth) {
  const double h_c = memorisation_bandwidth(isotropic(), 0.5);
  const std::array<double, 5> multiple{.85, .95, 1.0, 1.05, 1.15};
  const std::vector<std::pair<int, std::array<double, 5>>> table{{100, {.94, .68, .56, .35, .14}},
                                                                 {400, {1.00, .78, .50, .26, .01}}};
  for (const auto& [dim, reference] : table) {
    for (std::size_t i = 0; i < multiple.size(); ++i) {
      const OwnWeightSetting setting{.dim = dim, .log_points = 0.5 * dim, .bandwidth = multiple[i] * h_c};
      RunningMoments weight;
      for (std::uint64_t draw = 0; draw < 200; ++draw) {
        weight.add(simulated_own_weight(setting, random_key(41), draw, 200.0));
      }
      EXPECT_NEAR(weight.mean(), reference[i], 0.08) << dim << " " << multiple[i];
    }
  }
}

TEST(OwnWeight, ExpectationAgreesWithSimulation) {
  const double h_c = memorisation_bandwidth(isotropic(), 0.5);
  const OwnWeightSetting setting{.dim = 100, .log_points = 50.0, .bandwidth = h_c};
  RunningMoments difference;
  for (std::uint64_t draw = 0; draw < 200; ++draw) {
    difference.add(simulated_own_weight(setting, random_key(42), draw) -
                   expected_own_weight(setting, random_key(42), draw));
  }
  EXPECT_NEAR(difference.mean(), 0.0, 4.0 * difference.standard_error());
}

}  // namespace
}  // namespace reprise::kde
