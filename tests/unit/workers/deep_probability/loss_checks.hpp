#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numeric>
#include <vector>

#include "workers/deep_probability/losses.hpp"

namespace reprise::deep_probability {

using LossOfLogits = std::function<LossValue(const std::vector<double>&)>;

/// Value, first component and norm of the gradient.
inline void expect_loss(const LossValue& loss, double value, double first, double norm, double tolerance) {
  EXPECT_NEAR(loss.value, value, tolerance);
  EXPECT_NEAR(loss.gradient[0], first, tolerance);
  EXPECT_NEAR(
      std::sqrt(std::inner_product(loss.gradient.begin(), loss.gradient.end(), loss.gradient.begin(), 0.0)),
      norm, tolerance);
}

/// Central differences. Their own error is about 1e-10 at this step.
inline void expect_gradient_of_differences(const LossOfLogits& loss, std::vector<double> logits) {
  constexpr double kStep = 1e-5;
  const std::vector<double> gradient = loss(logits).gradient;
  ASSERT_EQ(gradient.size(), logits.size());
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const double at = logits[i];
    logits[i] = at + kStep;
    const double above = loss(logits).value;
    logits[i] = at - kStep;
    const double below = loss(logits).value;
    logits[i] = at;
    EXPECT_NEAR(gradient[i], (above - below) / (2.0 * kStep), 1e-9) << "logit " << i;
  }
}

}  // namespace reprise::deep_probability
