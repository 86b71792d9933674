#pragma once

#include <Eigen/Dense>
#include <cmath>

namespace reprise {

// Covariances of unit variance, and matrices of them, that tests integrate and simulate.

/// Diffusion in two dimensions in logarithmic time: r(t) = sech(t / 2), so that r''(0) = -1/4.
struct Diffusion2 {
  static double r(double t) { return 1.0 / std::cosh(0.5 * t); }
  static double slope(double t) { return -0.5 * std::tanh(0.5 * t) * r(t); }             // r'
  static double curvature(double t) { return 0.25 * r(t) * (1.0 - 2.0 * r(t) * r(t)); }  // r''
  static double drift(double t) { return -2.0 * slope(t); }                              // -r' / sqrt(1/4)
};

/// Of X(0), X(h), ..., X((n - 1) h).
inline Eigen::MatrixXd grid_covariance(double (&r)(double), Eigen::Index n, double h) {
  return Eigen::MatrixXd::NullaryExpr(
      n, n, [&r, h](Eigen::Index i, Eigen::Index j) { return r(h * static_cast<double>(i - j)); });
}

/// Unit variances, all correlations alike.
inline Eigen::MatrixXd equicorrelated(Eigen::Index n, double correlation) {
  Eigen::MatrixXd c = Eigen::MatrixXd::Constant(n, n, correlation);
  c.diagonal().setOnes();
  return c;
}

inline double random_acceleration_covariance(double t) {
  return 0.5 * (3.0 * std::exp(-0.5 * t) - std::exp(-1.5 * t));
}

/// Matern's of smoothness p + 1/2, p = 1, 2, 3.
inline double matern_covariance(int p, double length, double t) {
  const double x = std::sqrt(2.0 * p + 1.0) * t / length;
  const double polynomial = p == 1   ? 1.0 + x
                            : p == 2 ? 1.0 + x + x * x / 3.0
                                     : 1.0 + x + 0.4 * x * x + x * x * x / 15.0;
  return polynomial * std::exp(-x);
}

/// Noise of all frequencies below 1.
inline double band_limited(double t) {
  return t == 0.0 ? 1.0 : std::sin(t) / t;
}

}  // namespace reprise
