#include "workers/kde/divergence.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "workers/common/presentation.hpp"

namespace reprise::kde {
namespace {

// log h + r/(2 h^2), the condensed branch at infinite d (spec 2.4), is least at sqrt(r); its sides differ
// much.
TEST(LeastDivergence, IsFoundBetweenBandwidths) {
  for (const double r : {0.2, 0.3874268, 0.5}) {
    const auto h = geometric(0.85 * std::sqrt(r), 1.6 * std::sqrt(r), 12);
    std::vector<double> values;
    for (const double each : h) values.push_back(std::log(each) + r / (2 * each * each));
    const auto least = least_divergence(h, values);
    EXPECT_NEAR(least.bandwidth / std::sqrt(r), 1.0, 1e-4);
    EXPECT_NEAR(least.divergence, 0.5 * std::log(r) + 0.5, 1e-7);
  }
}

TEST(LeastDivergence, AtAnEndIsThatEnd) {
  EXPECT_EQ(least_divergence({1.0, 2.0, 3.0}, {1.0, 2.0, 3.0}).bandwidth, 1.0);
  EXPECT_EQ(least_divergence({1.0, 2.0, 3.0}, {3.0, 2.0, 1.0}).bandwidth, 3.0);
  EXPECT_TRUE(std::isnan(least_divergence({}, {}).bandwidth));
}

}  // namespace
}  // namespace reprise::kde
