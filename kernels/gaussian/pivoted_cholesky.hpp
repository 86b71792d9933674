#pragma once

#include <Eigen/Dense>
#include <vector>

namespace reprise {

/// Which variable comes next.
enum class PivotOrder {
  largest_variance,  ///< of those left, conditional on those before
  /// P(Y > 0) given that those before have their expected values given that they are positive (Genz, Journal
  /// of Computational and Graphical Statistics 1, 1992; Gibson, Glasbey and Elston, 1994).
  smallest_probability,
};

/// C = A A^T for a covariance C [n, n], with its variables in pivot order: A [n, rank] is a lower trapezoid
/// of positive diagonal. The variables after the first `rank` are linear in those to within the tolerance.
struct PivotedCholesky {
  std::vector<Eigen::Index> order;  ///< [n]: row i of the factor is variable order[i]
  Eigen::MatrixXd factor;           ///< [n, rank]
  Eigen::Index rank = 0;
};

struct PivotOptions {
  PivotOrder order = PivotOrder::largest_variance;
  /// Variances below this share of the largest are none. In [1e-15, 1).
  double tolerance = 1e-13;
  /// So many variables come first, in the order they have.
  Eigen::Index kept = 0;
};

/// Throws std::invalid_argument when `covariance` is not square, symmetric and finite, is indefinite beyond
/// rounding (says which variables show it), or a kept variable is linear in those before it.
[[nodiscard]] PivotedCholesky pivoted_cholesky(const Eigen::MatrixXd& covariance,
                                               const PivotOptions& options = {});

}  // namespace reprise
