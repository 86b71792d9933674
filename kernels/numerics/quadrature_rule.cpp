#include "kernels/numerics/quadrature_rule.hpp"

#include <Eigen/Eigenvalues>

#include "kernels/expects.hpp"

namespace reprise {

QuadratureRule golub_welsch(const Eigen::VectorXd& diagonal, const Eigen::VectorXd& beside) {
  expects(diagonal.size() > 0, "a quadrature rule needs at least one node");
  expects(beside.size() == diagonal.size() - 1, "there is one recurrence coefficient between two neighbours");
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver;
  solver.computeFromTridiagonal(diagonal, beside);
  QuadratureRule rule;
  for (Eigen::Index i = 0; i < diagonal.size(); ++i) {
    const double first = solver.eigenvectors()(0, i);
    rule.node.push_back(solver.eigenvalues()[i]);
    rule.weight.push_back(first * first);
  }
  return rule;
}

}  // namespace reprise
