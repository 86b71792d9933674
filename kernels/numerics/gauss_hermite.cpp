#include "kernels/numerics/gauss_hermite.hpp"

#include <Eigen/Eigenvalues>
#include <cmath>

#include "kernels/expects.hpp"

namespace reprise {

QuadratureRule gauss_hermite(int count) {
  expects(count > 0, "a quadrature rule needs at least one node");
  const Eigen::VectorXd diagonal = Eigen::VectorXd::Zero(count);
  Eigen::VectorXd beside(count - 1);
  for (int i = 1; i < count; ++i) {
    beside[i - 1] = std::sqrt(i);
  }
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver;
  solver.computeFromTridiagonal(diagonal, beside);
  QuadratureRule rule;
  for (int i = 0; i < count; ++i) {
    const double first = solver.eigenvectors()(0, i);
    rule.node.push_back(solver.eigenvalues()[i]);
    rule.weight.push_back(first * first);
  }
  return rule;
}

}  // namespace reprise
