#pragma once

#include <Eigen/Core>

#include "workers/slepian/covariance.hpp"

namespace reprise::slepian {

/// The Slepian process R a(t) + Delta(t) on a grid step, 2 step, ..., n step (spec 2.3).
struct SlepianModel {
  Eigen::VectorXd drift;       ///< a(t_i) [n]
  Eigen::MatrixXd covariance;  ///< of Delta [n, n]: r(t - s) - r(t) r(s) - a(t) a(s)
};
[[nodiscard]] SlepianModel slepian_model(const Covariance& covariance, double step, Eigen::Index points);

/// The covariance matrix of X at 0, step, ..., (n - 1) step. [n, n]
[[nodiscard]] Eigen::MatrixXd grid_covariance(const Covariance& covariance, double step, Eigen::Index points);

/// Durbin's formula for the density of T at t (spec 2.7 (e)): density = scale E(V+ W+ 1{X(t_i) > 0}) for V =
/// X'(0), W = -X'(t) and X at the inner points of a grid of `steps` steps, given X(0) = X(t) = 0.
struct DurbinModel {
  Eigen::MatrixXd covariance;  ///< of (V, W, X(t_1), ..., X(t_(steps - 1))) [steps + 1, steps + 1]
  double scale = 0.0;
};
[[nodiscard]] DurbinModel durbin_model(const Covariance& covariance, double time, Eigen::Index steps);

}  // namespace reprise::slepian
