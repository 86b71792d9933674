#include "kernels/statistics/logistic_regression.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "kernels/numerics/sigmoid.hpp"
#include "kernels/random/hash_rng.hpp"

namespace reprise {
namespace {

struct Sample {
  Eigen::MatrixXd features;
  std::vector<std::uint8_t> labels;
};

Sample draw(Eigen::Index count, const Eigen::VectorXd& weight, double intercept) {
  Sample sample{Eigen::MatrixXd(count, weight.size()), {}};
  for (Eigen::Index i = 0; i < count; ++i) {
    for (Eigen::Index a = 0; a < weight.size(); ++a) {
      sample.features(i, a) = HashRng(1, static_cast<std::uint64_t>(a)).normal(static_cast<std::uint64_t>(i));
    }
    const double p = sigmoid(sample.features.row(i).dot(weight) + intercept);
    sample.labels.push_back(HashRng(1, 50).uniform(static_cast<std::uint64_t>(i)) < p ? 1 : 0);
  }
  return sample;
}

TEST(LogisticRegression, FindsTheLawOfItsData) {
  const Eigen::VectorXd weight = Eigen::Vector2d(1.0, -2.0);
  const Sample sample = draw(20000, weight, 0.5);
  const LogisticModel model = fit_logistic(sample.features, sample.labels, 0.0);
  EXPECT_TRUE(model.converged);
  // 4 standard errors of about sqrt(1/(n E p(1-p) x^2)) = 0.025.
  EXPECT_NEAR(model.weight[0], 1.0, 0.1);
  EXPECT_NEAR(model.weight[1], -2.0, 0.15);
  EXPECT_NEAR(model.intercept, 0.5, 0.1);
}

// Stationarity: residuals are orthogonal to features up to the ridge, and sum to 0.
TEST(LogisticRegression, IsStationary) {
  const Sample sample = draw(300, Eigen::Vector3d(1.0, 0.0, -0.5), -1.0);
  for (const double ridge : {0.0, 1.0, 100.0}) {
    const LogisticModel model = fit_logistic(sample.features, sample.labels, ridge);
    EXPECT_TRUE(model.converged);
    Eigen::VectorXd gradient = ridge * model.weight;
    double sum = 0.0;
    for (Eigen::Index i = 0; i < 300; ++i) {
      const Eigen::VectorXd x = sample.features.row(i);
      const double residual = sigmoid(model.log_odds(x)) - sample.labels[static_cast<std::size_t>(i)];
      gradient += residual * x;
      sum += residual;
    }
    EXPECT_LT(gradient.norm(), 3e-8);
    EXPECT_NEAR(sum, 0.0, 3e-8);
  }
}

TEST(LogisticRegression, OfAConstantIsTheLogOddsOfItsShare) {
  const std::vector<std::uint8_t> labels{1, 0, 0, 0};
  const LogisticModel model = fit_logistic(Eigen::MatrixXd::Zero(4, 1), labels, 1.0);
  EXPECT_NEAR(model.intercept, std::log(1.0 / 3.0), 1e-9);
  EXPECT_EQ(model.weight[0], 0.0);
}

TEST(LogisticRegression, SurvivesDependentFeaturesAndSeparableLabels) {
  Sample sample = draw(50, Eigen::Vector2d(1.0, 1.0), 0.0);
  sample.features.col(1) = sample.features.col(0);
  EXPECT_TRUE(fit_logistic(sample.features, sample.labels, 0.0).converged);
  for (std::size_t i = 0; i < 50; ++i) {
    sample.labels[i] = sample.features(static_cast<Eigen::Index>(i), 0) > 0.0 ? 1 : 0;
  }
  const LogisticModel sure = fit_logistic(sample.features, sample.labels, 0.0);
  EXPECT_TRUE(sure.converged);
  for (std::size_t i = 0; i < 50; ++i) {
    const double p = sigmoid(sure.log_odds(sample.features.row(static_cast<Eigen::Index>(i))));
    EXPECT_NEAR(p, sample.labels[i], 1e-6);
  }
}

}  // namespace
}  // namespace reprise
