#include "workers/deep_probability/logistic_calibration.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/expects.hpp"
#include "kernels/numerics/sigmoid.hpp"
#include "kernels/statistics/logistic_regression.hpp"

namespace reprise::deep_probability {
namespace {

constexpr double kClip = std::numeric_limits<double>::epsilon();

using Features = std::array<double, 2>;

Features both_logits(LogitView logits, std::size_t sample) {
  return {logits(sample, 0), logits(sample, 1)};
}

/// log(1 - p) and log p, clipped.
Features log_probabilities(LogitView logits, std::size_t sample) {
  const auto clipped = [](double log_p) { return std::clamp(log_p, std::log(kClip), std::log1p(-kClip)); };
  const double log_odds = logits.log_odds(sample);
  return {clipped(-softplus(log_odds)), clipped(-softplus(-log_odds))};
}

template <class Calibration, class FeaturesOf>
Calibration fit(LogitView logits, Labels labels, double ridge, const FeaturesOf& features_of) {
  expects(logits.count() == labels.size(), "every sample has its label");
  Eigen::MatrixXd features(static_cast<Eigen::Index>(labels.size()), 2);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const Features x = features_of(logits, i);
    features.row(static_cast<Eigen::Index>(i)) << x[0], x[1];
  }
  const LogisticModel model = fit_logistic(features, labels, ridge);
  return {{model.weight[0], model.weight[1]}, model.intercept};
}

template <class Calibration, class FeaturesOf>
std::vector<double> apply(const Calibration& calibration, LogitView logits, const FeaturesOf& features_of) {
  std::vector<double> probability;
  probability.reserve(logits.count());
  for (std::size_t i = 0; i < logits.count(); ++i) {
    const Features x = features_of(logits, i);
    probability.push_back(
        sigmoid(calibration.weight[0] * x[0] + calibration.weight[1] * x[1] + calibration.intercept));
  }
  return probability;
}

}  // namespace

std::vector<double> PlattScaling::apply(LogitView logits) const {
  return deep_probability::apply(*this, logits, both_logits);
}

PlattScaling fit_platt(LogitView logits, Labels labels) {
  return fit<PlattScaling>(logits, labels, 1.0, both_logits);
}

std::vector<double> DirichletCalibration::apply(LogitView logits) const {
  return deep_probability::apply(*this, logits, log_probabilities);
}

DirichletCalibration fit_dirichlet(LogitView logits, Labels labels) {
  return fit<DirichletCalibration>(logits, labels, 0.0, log_probabilities);
}

}  // namespace reprise::deep_probability
