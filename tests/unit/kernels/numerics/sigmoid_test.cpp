#include "kernels/numerics/sigmoid.hpp"

#include <gtest/gtest.h>

namespace reprise {
namespace {

TEST(Sigmoid, IsTheLogisticFunctionOnBothSides) {
  EXPECT_DOUBLE_EQ(sigmoid(0.0), 0.5);
  EXPECT_DOUBLE_EQ(sigmoid(-700.0), std::exp(-700.0));
  EXPECT_DOUBLE_EQ(sigmoid(800.0), 1.0);
  for (const double x : {-30.0, -1.0, 0.3, 5.0}) {
    EXPECT_NEAR(sigmoid(x) + sigmoid(-x), 1.0, 1e-15);
    EXPECT_NEAR(std::log(sigmoid(x)), -softplus(-x), 1e-13 * std::max(1.0, std::abs(x)));
  }
}

TEST(Softplus, NeitherOverflowsNorLosesItsTail) {
  EXPECT_DOUBLE_EQ(softplus(1000.0), 1000.0);
  EXPECT_DOUBLE_EQ(softplus(-50.0), std::exp(-50.0));
  EXPECT_NEAR(softplus(0.0), std::log(2.0), 1e-16);
}

}  // namespace
}  // namespace reprise
