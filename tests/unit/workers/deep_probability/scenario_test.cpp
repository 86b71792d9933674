#include "workers/deep_probability/scenario.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace reprise::deep_probability {
namespace {

TEST(Risk, HasTheFormsOfTheReadme) {
  EXPECT_DOUBLE_EQ(risk(Scenario::linear, 37.0), 0.37);
  EXPECT_DOUBLE_EQ(risk(Scenario::sigmoid, 29.0), 0.5);
  EXPECT_NEAR(risk(Scenario::sigmoid, 33.0), 1.0 / (1.0 + std::exp(-1.0)), 1e-14);
  EXPECT_DOUBLE_EQ(risk(Scenario::centered, 30.0), 0.45);
  EXPECT_DOUBLE_EQ(risk(Scenario::skewed, 100.0), 0.4);
  EXPECT_DOUBLE_EQ(risk(Scenario::discrete, 20.0), 0.1);  // > at the thresholds
  EXPECT_DOUBLE_EQ(risk(Scenario::discrete, 20.1), 0.3);
  EXPECT_DOUBLE_EQ(risk(Scenario::discrete, 100.0), 0.9);
}

TEST(Risk, IsAProbabilityThatGrowsWithAgeUpTo100) {
  for (const Scenario scenario : kScenarios) {
    double before = 0.0;
    for (double age = 0.0; age <= 100.0; age += 0.5) {
      EXPECT_GE(risk(scenario, age), before);
      before = risk(scenario, age);
    }
    EXPECT_LE(before, 1.0);
    EXPECT_EQ(risk(scenario, 116.0), before);
  }
}

}  // namespace
}  // namespace reprise::deep_probability
