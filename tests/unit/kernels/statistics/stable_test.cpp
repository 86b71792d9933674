#include "kernels/statistics/stable.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

#include "kernels/random/distributions.hpp"
#include "kernels/statistics/moments.hpp"
#include "kernels/statistics/stable_index.hpp"

namespace reprise {
namespace {

std::vector<double> stable_draws(double index) {
  Philox random(random_key(21), 0);
  const StableLaw law(index);
  std::vector<double> draws;
  for (int i = 0; i < 20000; ++i) {
    draws.push_back(law(random));
  }
  return draws;
}

// The estimator's own spread at 20000 draws is below 0.01.
TEST(StableIndex, IsFoundFromTheCharacteristicFunction) {
  const std::vector<std::pair<double, double>> published{{0.5, 0.501}, {0.75, 0.745}, {1.25, 1.254},
                                                         {1.5, 1.500}, {1.75, 1.743}, {1.9, 1.891}};
  for (const auto& [index, found] : published) {
    EXPECT_NEAR(characteristic_function_index(stable_draws(index)), found, 0.035) << index;
  }
}

TEST(StableIndex, OfFiniteVarianceIsTwo) {
  Philox random(random_key(22), 0);
  std::vector<double> draws;
  for (int i = 0; i < 20000; ++i) {
    draws.push_back(normal(random));
  }
  EXPECT_NEAR(characteristic_function_index(draws), 2.0, 0.02);
}

TEST(PositiveStable, HasItsLaplaceTransform) {
  Philox random(random_key(23), 0);
  for (const double index : {0.25, 0.5, 0.75}) {
    RunningMoments moments;
    for (int i = 0; i < 50000; ++i) {
      moments.add(std::exp(-2.0 * positive_stable(random, index)));
    }
    EXPECT_NEAR(moments.mean(), std::exp(-std::pow(2.0, index)), 4.0 * moments.standard_error()) << index;
  }
}

TEST(StableLaw, RefusesOtherIndices) {
  EXPECT_THROW(StableLaw(1.0), std::invalid_argument);
  EXPECT_THROW(StableLaw(2.5), std::invalid_argument);
}

}  // namespace
}  // namespace reprise
