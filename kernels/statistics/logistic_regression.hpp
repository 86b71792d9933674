#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>

namespace reprise {

/// P(label = 1) = 1/(1 + exp(-(weight . x + intercept))).
struct LogisticModel {
  Eigen::VectorXd weight;
  double intercept = 0.0;
  bool converged = false;

  /// Log-odds of the event.
  [[nodiscard]] double log_odds(const Eigen::VectorXd& x) const { return weight.dot(x) + intercept; }
};

/// Minimises ridge/2 |weight|^2 + sum of log-losses, by Newton's method with step halving, until the
/// gradient's norm per sample is below 1e-10. `features` [n, k], labels 0 or 1. Without a ridge and with
/// labels that a plane separates there is no minimum: weights grow until the gradient is that small.
[[nodiscard]] LogisticModel fit_logistic(const Eigen::MatrixXd& features,
                                         std::span<const std::uint8_t> labels, double ridge);

}  // namespace reprise
