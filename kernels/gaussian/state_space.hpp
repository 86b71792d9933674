#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/random/philox.hpp"

namespace reprise {

/// A stationary Gaussian Markov process x [d] seen on a regular grid, of which X = output . x is simulated:
/// x <- transition x + innovation e, e standard normal [d]. Exact at grid points, whatever the step.
struct StateSpaceModel {
  double step = 0.0;
  Eigen::MatrixXd transition;         ///< [d, d]
  Eigen::MatrixXd innovation;         ///< [d, d], lower: a factor of the innovation's covariance
  Eigen::MatrixXd stationary;         ///< [d, d], lower: a factor of the covariance of x at any time
  Eigen::VectorXd output;             ///< [d]
  Eigen::VectorXd output_derivative;  ///< [d]: X' = output_derivative . x
};

/// Random acceleration x'' = white noise in t = log time, of unit variance: r(t) = (3 e^(-t/2) - e^(-3t/2)) /
/// 2. The state is (x sqrt 3 e^(-3t/2), x' e^(-t/2)) in physical x.
[[nodiscard]] StateSpaceModel random_acceleration(double step);

/// Matern's process of smoothness p + 1/2, p in 1..5, unit variance and range `length`: with lambda = sqrt(2p
/// + 1) / length the stationary solution of (lambda + d/dt)^(p+1) X = white noise (Hartikainen and Sarkka,
/// MLSP 2010). The state is X^(i) / lambda^i, i = 0..p. lambda step <= 10.
[[nodiscard]] StateSpaceModel matern(int p, double length, double step);

/// Many independent paths of a model, a vector's lanes of them at a time. The same (key, paths) are the same
/// paths however their steps are cut into calls: normals are the row of the step's number of stream 0 of
/// `key`, those of the start row 0 of stream 1; in single precision (their errors of 6e-8 each are
/// independent).
class StateSpacePaths {
 public:
  /// A multiple of 16 `paths`, with stationary starts; a few hundred keep within the cache.
  StateSpacePaths(const StateSpaceModel& model, RandomKey key, std::size_t paths);

  [[nodiscard]] std::size_t paths() const { return paths_; }

  /// Goes on: `rows` [steps + 1, paths] holds X now and after each of `steps` steps. Where given,
  /// `derivatives` [steps + 1, paths] holds X'.
  void advance(std::span<double> rows, std::span<double> derivatives = {});

 private:
  std::size_t dimension_;
  std::size_t paths_;
  RandomKey key_;
  std::uint64_t steps_ = 0;
  std::vector<double> coefficients_;  // transition, innovation, output, output_derivative, row-major
  std::vector<double> state_;         // [d, paths]
  std::vector<float> normals_;        // [steps of a tile, d, paths]
};

}  // namespace reprise
