#include "workers/deep_probability/mix_n_match.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/workers/deep_probability/reference_sample.hpp"
#include "workers/deep_probability/metrics.hpp"
#include "workers/deep_probability/temperature.hpp"

namespace reprise::deep_probability {
namespace {

// Reference values of an independent implementation in another language.
TEST(MixNMatch, HasItsReferenceValues) {
  const ReferenceSample v = reference_sample();
  const MixNMatch fitted = fit_mix_n_match(v.logits, v.labels);
  EXPECT_NEAR(fitted.temperature, 1.492758, 1e-4);
  EXPECT_NEAR(fitted.weight[0], 0.364887, 1e-3);
  EXPECT_NEAR(fitted.weight[1], 0.487135, 1e-3);
  EXPECT_NEAR(fitted.weight[2], 0.147977, 1e-3);
  EXPECT_NEAR(brier_score(fitted.apply(v.logits), v.labels), 0.191196087, 1e-8);
}

// A grid over the simplex finds nothing better.
TEST(MixNMatch, HasTheBestWeights) {
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    const ReferenceSample v = reference_sample(seed, 150);
    const MixNMatch fitted = fit_mix_n_match(v.logits, v.labels);
    EXPECT_NEAR(fitted.weight[0] + fitted.weight[1] + fitted.weight[2], 1.0, 1e-9);
    const double best = brier_score(fitted.apply(v.logits), v.labels);
    for (int a = 0; a <= 40; ++a) {
      for (int b = 0; a + b <= 40; ++b) {
        const MixNMatch other{fitted.temperature, {a / 40.0, b / 40.0, (40 - a - b) / 40.0}};
        EXPECT_GE(brier_score(other.apply(v.logits), v.labels), best - 1e-12);
      }
    }
    for (double t = 0.06; t < 5.0; t += 0.05) {
      EXPECT_GE(brier_score(Temperature{t}.apply(v.logits), v.labels),
                brier_score(Temperature{fitted.temperature}.apply(v.logits), v.labels) - 1e-10);
    }
  }
}

// Labels that say nothing: all weight goes to the constant a half.
TEST(MixNMatch, GivesUpOnNoise) {
  const std::vector<float> logits{3.0F, 0.0F, 3.0F, 0.0F, 0.0F, 3.0F, 0.0F, 3.0F};
  const MixNMatch fitted = fit_mix_n_match(logits, std::vector<std::uint8_t>{0, 1, 0, 1});
  for (const double p : fitted.apply(logits)) {
    EXPECT_NEAR(p, 0.5, 1e-9);
  }
}

}  // namespace
}  // namespace reprise::deep_probability
