#pragma once

#include <Eigen/Core>
#include <vector>

namespace reprise {

/// A quadrature rule: sum_i weight_i f(node_i).
struct QuadratureRule {
  std::vector<double> node;
  std::vector<double> weight;
};

/// The rule of a law whose orthonormal polynomials have the symmetric tridiagonal recurrence matrix with
/// `diagonal` [n] and, beside it, `beside` [n - 1]: nodes ascend, weights sum to 1, exact for polynomials of
/// degree 2 n - 1. Golub and Welsch, Math. Comp. 23, 1969.
[[nodiscard]] QuadratureRule golub_welsch(const Eigen::VectorXd& diagonal, const Eigen::VectorXd& beside);

}  // namespace reprise
