#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <vector>

namespace reprise::deep_probability {

/// Samples of the linear model: x ~ N(0, I_d), y ~ Bernoulli(sigmoid(signal x_1)).
struct LinearData {
  Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> x;  ///< [n, d]
  Eigen::VectorXd y;                                                         ///< [n], 0 or 1
};

/// From the hash streams 300 (x, row-major) and 301 (y) of a seed.
[[nodiscard]] LinearData draw_linear_data(std::uint64_t seed, int samples, int dimensions, double signal);

/// theta after a number of steps.
struct LinearFit {
  std::int32_t step = 0;
  double norm = 0.0;           ///< s = |theta|
  double alignment = 0.0;      ///< rho = theta_1/s
  double cross_entropy = 0.0;  ///< of the training samples, nat
  double memorised = 0.0;      ///< share of training samples with |prediction - y| < 0.1
};

/// Gradient descent on the training cross-entropy from theta = 0, theta <- theta - rate/n X^T (sigmoid(X
/// theta) - y), looked at after each of the given steps, which ascend from 1 on.
[[nodiscard]] std::vector<LinearFit> descend(const LinearData& data, double rate,
                                             std::span<const std::int32_t> record);

/// 4/(1 + sqrt(d/n))^2, the inverse of the loss's greatest curvature in high dimension (a quarter of the edge
/// of Marchenko and Pastur's law). Descent is stable up to twice as much.
[[nodiscard]] double descent_rate(double dimensions_per_sample);

}  // namespace reprise::deep_probability
