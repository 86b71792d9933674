#include "workers/deep_probability/memorisation_alarm.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "kernels/random/hash_rng.hpp"
#include "workers/deep_probability/metrics.hpp"

namespace reprise::deep_probability {
namespace {

struct Samples {
  std::vector<double> truth;
  std::vector<std::uint8_t> label;

  /// Predictions that go from the truth (0) to the labels (1).
  [[nodiscard]] std::vector<double> predicted(double memory) const {
    std::vector<double> all;
    for (std::size_t i = 0; i < truth.size(); ++i) all.push_back((1 - memory) * truth[i] + memory * label[i]);
    return all;
  }
};

Samples samples(std::uint64_t seed, std::size_t count) {
  Samples made;
  const HashRng random(seed, 3);
  for (std::uint64_t i = 0; i < count; ++i) {
    made.truth.push_back(random.uniform(2 * i));
    made.label.push_back(random.uniform(2 * i + 1) < made.truth.back() ? 1 : 0);
  }
  return made;
}

TEST(MemorisationAlarm, HearsLabelsThatPredictionsKnow) {
  const auto seen = samples(1, 2000);
  const auto unseen = samples(2, 1000);
  const auto signs = [&](double memory) {
    return memorisation_signs(seen.predicted(memory), seen.label, unseen.predicted(0), unseen.label);
  };
  const auto none = signs(0);
  EXPECT_LT(std::abs(none.gap), 3 * none.gap_error) << "beyond by chance at one seed of 370";
  // Uniform truth: the Brier score of the truth is E p (1 - p) = 1/6, with variance E p(1-p)(1 - 3p(1-p)) -
  // 1/36.
  const double variance = 1.0 / 6 - 3.0 / 30 - 1.0 / 36;
  EXPECT_NEAR(none.gap_error, std::sqrt(variance / 2000 + variance / 1000), 0.0005);
  EXPECT_NEAR(none.memorised, none.validation_memorised, 0.05);
  const auto all = signs(1);
  EXPECT_EQ(all.memorised, 1.0);
  EXPECT_NEAR(all.gap, 1.0 / 6, 0.02);
}

TEST(MemorisationAlarm, AgreesWithTheSelfCheckOfSyntheticData) {
  const auto seen = samples(3, 4000);
  const auto unseen = samples(4, 4000);
  std::vector<double> gap;
  std::vector<double> error;
  std::vector<double> checks;
  for (int epoch = 0; epoch <= 20; ++epoch) {
    // No memory until epoch 5, then a twentieth more in each.
    const auto predicted = seen.predicted(std::max(0, epoch - 5) / 20.0);
    const auto signs = memorisation_signs(predicted, seen.label, unseen.predicted(0), unseen.label);
    gap.push_back(signs.gap);
    error.push_back(signs.gap_error);
    const auto check = self_check(predicted, seen.truth, seen.label);
    checks.push_back(check.deviation > 0 ? check.excess / check.deviation : 0.0);
  }
  EXPECT_GE(alarm_epoch(gap, error), 6);
  EXPECT_LE(alarm_epoch(gap, error), 9);
  EXPECT_EQ(true_alarm_epoch(checks), 6) << "the truth tells at once";
}

TEST(MemorisationAlarm, MayStaySilent) {
  EXPECT_EQ(alarm_epoch(std::vector{0.01, 0.02}, std::vector{0.01, 0.01}), -1);
  EXPECT_EQ(alarm_epoch(std::vector{0.01, 0.04}, std::vector{0.01, 0.01}), 1);
  EXPECT_EQ(true_alarm_epoch(std::vector{-4.9, 6.0}), -1);
  EXPECT_EQ(true_alarm_epoch({}), -1);
  EXPECT_THROW((void)alarm_epoch(std::vector{0.1}, {}), std::invalid_argument);
  EXPECT_THROW((void)memorisation_signs({}, {}, {}, {}), std::invalid_argument);
}

}  // namespace
}  // namespace reprise::deep_probability
