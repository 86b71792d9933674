#include "kernels/statistics/logistic_regression.hpp"

#include <Eigen/Cholesky>
#include <cmath>

#include "kernels/expects.hpp"
#include "kernels/numerics/sigmoid.hpp"

namespace reprise {
namespace {

constexpr double kGradientPerSample = 1e-10;
constexpr int kMostSteps = 200;
constexpr int kMostHalvings = 40;

/// The objective with its derivatives by (weight, intercept).
struct Objective {
  double value;
  Eigen::VectorXd gradient;
  Eigen::MatrixXd curvature;
};

Objective objective(const Eigen::MatrixXd& design, std::span<const std::uint8_t> labels, double ridge,
                    const Eigen::VectorXd& parameters) {
  const Eigen::Index weights = parameters.size() - 1;
  Objective at{0.5 * ridge * parameters.head(weights).squaredNorm(), ridge * parameters,
               ridge * Eigen::MatrixXd::Identity(parameters.size(), parameters.size())};
  at.gradient[weights] = 0.0;
  at.curvature(weights, weights) = 0.0;
  for (Eigen::Index i = 0; i < design.rows(); ++i) {
    const bool event = labels[static_cast<std::size_t>(i)] != 0;
    const double log_odds = design.row(i).dot(parameters);
    const double p = sigmoid(log_odds);
    const double other = sigmoid(-log_odds);
    at.value += softplus(event ? -log_odds : log_odds);
    at.gradient += (event ? -other : p) * design.row(i).transpose();
    at.curvature += p * other * design.row(i).transpose() * design.row(i);
  }
  return at;
}

}  // namespace

LogisticModel fit_logistic(const Eigen::MatrixXd& features, std::span<const std::uint8_t> labels,
                           double ridge) {
  expects(features.rows() > 0, "a logistic regression needs samples");
  expects(static_cast<std::size_t>(features.rows()) == labels.size(), "every sample has its label");
  expects(ridge >= 0.0, "a ridge is not negative");
  Eigen::MatrixXd design(features.rows(), features.cols() + 1);
  design << features, Eigen::VectorXd::Ones(features.rows());
  Eigen::VectorXd parameters = Eigen::VectorXd::Zero(design.cols());
  Objective at = objective(design, labels, ridge, parameters);
  LogisticModel model;
  const double small = kGradientPerSample * static_cast<double>(features.rows());
  for (int step = 0; step < kMostSteps && !model.converged; ++step) {
    // Features may depend on each other: a trace of the trace keeps the system definite.
    const double floor = 1e-12 * at.curvature.trace();
    at.curvature.diagonal().array() += floor;
    Eigen::VectorXd move = -at.curvature.ldlt().solve(at.gradient);
    bool improved = false;
    for (int halving = 0; halving < kMostHalvings && !improved; ++halving, move *= 0.5) {
      Objective next = objective(design, labels, ridge, parameters + move);
      // At the minimum the value is flat to its last bits; there the gradient decides.
      improved = next.value < at.value ||
                 (next.value <= at.value * (1.0 + 1e-14) && next.gradient.norm() < at.gradient.norm());
      if (improved) {
        parameters += move;
        at = std::move(next);
      }
    }
    model.converged = at.gradient.norm() <= small;
    if (!improved) {
      break;
    }
  }
  model.weight = parameters.head(features.cols());
  model.intercept = parameters[features.cols()];
  return model;
}

}  // namespace reprise
