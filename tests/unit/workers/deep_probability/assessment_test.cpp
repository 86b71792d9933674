#include "workers/deep_probability/assessment.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/workers/stored_results.hpp"
#include "workers/deep_probability/prediction_spread.hpp"

namespace reprise::deep_probability {
namespace {

class Assessments : public testing::Test {
 protected:
  void SetUp() override {
    if (!locate(fashion_mnist())) GTEST_SKIP() << "dataset-fashion-mnist is not installed";
    data = with_digest({Scenario::linear, 1, 300, 100, 600});
  }

  /// A network whose log-odds are the true ones times `slope`.
  Trained network(const ImageSet& images, double slope) const {
    Trained made;
    const auto logits = [&](const ImagePart& part) {
      std::vector<double> pairs;
      for (const double p : part.probability) {
        pairs.push_back(0);
        pairs.push_back(slope * std::log(p / (1 - p)));
      }
      return pairs;
    };
    made.best.validation = logits(images.validation());
    made.best.test = logits(images.test());
    return made;
  }

  SyntheticData data;
  StoredResults services;
};

TEST_F(Assessments, TheBaseRateIsOffByTheVarianceOfTheTruth) {
  const auto scores = services.run(assess, Assessment{data, {}, false, Adjustment::base_rate});
  const ImageSet images(data);
  double rate = 0;
  for (const auto y : images.training().label) rate += y / 300.0;
  double expected = 0;
  for (const double p : images.test().probability) expected += (p - rate) * (p - rate) / 600;
  EXPECT_NEAR(scores.squared_error, expected, 1e-12);
  EXPECT_NEAR(scores.squared_error, 0.0889, 0.012) << "Var p of all images; 4 standard errors over 600";
  EXPECT_DOUBLE_EQ(scores.area_under_curve, 0.5);
  EXPECT_DOUBLE_EQ(scores.predicted.front(), rate);
}

TEST_F(Assessments, TargetsAreComparedWithTheTruth) {
  const ImageSet images(data);
  auto trained = network(images, 1);
  const auto& truth = images.training().probability;
  trained.targets.assign(truth.begin(), truth.end());
  for (const double p : truth) trained.targets.push_back(p + 0.1);
  const auto scores = services.run(assess, Assessment{data, {services.store(trained)}});
  ASSERT_EQ(scores.target_error.size(), 2U);
  EXPECT_NEAR(scores.target_error[0], 0.0, 1e-15);
  EXPECT_NEAR(scores.target_error[1], 0.01, 1e-12);
  EXPECT_NEAR(scores.squared_error, 0.0, 1e-12);
}

TEST_F(Assessments, SpreadComparesTwoPredictorsOfTheSameImages) {
  const ImageSet images(data);
  const auto scored = [&](double slope) {
    return services.run(assess, Assessment{data, {services.store(network(images, slope))}});
  };
  const auto right = scored(1);
  const auto sharp = scored(3);
  const auto of_right = services.store(right);
  const auto of_sharp = services.store(sharp);
  const auto spread = services.run(spread_of, SpreadInput{data, of_right, {of_sharp}, 300});
  EXPECT_NEAR(spread.error.value, right.calibration_error, 1e-12);
  EXPECT_NEAR(spread.brier.value, right.brier, 1e-12);
  EXPECT_NEAR(spread.brier_gain.value, sharp.brier - right.brier, 1e-12);
  EXPECT_NEAR(spread.squared_error_gain.value, sharp.squared_error - right.squared_error, 1e-12);
  EXPECT_LT(spread.brier_gain.p_value, 0.05);
  EXPECT_LT(spread.squared_error_gain.p_value, 0.05);
  EXPECT_GT(spread.calibrated_p, 0.01) << "the truth is calibrated; a false alarm in 1 % of all seeds";
  // Paired: the other way round, the same with the other sign.
  const auto other = services.run(spread_of, SpreadInput{data, of_sharp, {of_right}, 300});
  EXPECT_NEAR(other.brier_gain.value, -spread.brier_gain.value, 1e-12);
  EXPECT_NEAR(other.brier_gain.standard_error, spread.brier_gain.standard_error, 1e-12);
  EXPECT_LT(other.calibrated_p, 0.01);
  EXPECT_EQ(other.deciles.low.size(), other.deciles.predicted.size());
  EXPECT_LE(other.fifths.predicted.size(), 5U);
  // Without a rival there is no comparison.
  EXPECT_EQ(services.run(spread_of, SpreadInput{data, of_right, {}, 10}).brier_gain.p_value, 1.0);
}

}  // namespace
}  // namespace reprise::deep_probability
