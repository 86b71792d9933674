#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/random/philox.hpp"

namespace reprise {

/// How long a stationary Gaussian process stays positive after an up-crossing of zero: draws from the Palm
/// law of the first excursion, without long paths. After its crossing at 0 the process is Slepian's (Skand.
/// Aktuarietidskr. 1963), X(t) = R a(t) + Delta(t), with R of Rayleigh's law, a = -r'/sqrt(-r''(0)) and Delta
/// Gaussian with covariance r(t - s) - r(t) r(s) - a(t) a(s). Here X = R drift + factor z on a grid t_i = i
/// step, i = 1..n, and X is only computed until it is no longer positive.
class SlepianPaths {
 public:
  /// `drift` [n] is a(t_i); `factor` [n, k], any with factor factor^T = the covariance of Delta on the grid,
  /// in the order of time; few columns are quick.
  SlepianPaths(const Eigen::VectorXd& drift, const Eigen::MatrixXd& factor, double step);

  /// Times until the first crossing of samples number first, first + 1, ...: where the line between the last
  /// positive value and the next meets zero. Half a step when there is no positive value; infinity when all
  /// are positive, until end(). Sample i takes the normals of row i of stream 0 of `key`, in single
  /// precision: how samples are cut into calls changes nothing.
  void sample(RandomKey key, std::uint64_t first, std::span<double> intervals) const;

  [[nodiscard]] std::size_t points() const { return points_; }
  [[nodiscard]] std::size_t rank() const { return rank_; }
  /// t_n.
  [[nodiscard]] double end() const { return step_ * static_cast<double>(points_); }

 private:
  std::size_t points_;
  std::size_t rank_;
  double step_;
  std::vector<double> panels_;  // [n / 4, k + 1, 4]: drift, then columns, of four points at a time
};

}  // namespace reprise
