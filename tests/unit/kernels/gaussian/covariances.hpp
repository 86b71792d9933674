#pragma once

#include <cmath>

namespace reprise {

// Covariances of unit variance that tests simulate.

/// The diffusion field in two dimensions, in log time; -r''(0) = 1/4.
inline double diffusion(double t) {
  return 1.0 / std::cosh(0.5 * t);
}
inline double diffusion_slope(double t) {
  return -0.5 * std::sinh(0.5 * t) / std::pow(std::cosh(0.5 * t), 2);
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
