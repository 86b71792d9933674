#include "kernels/numerics/gauss_legendre.hpp"

#include <cmath>

#include "kernels/expects.hpp"

namespace reprise {

QuadratureRule gauss_legendre(int count) {
  expects(count >= 1, "a quadrature rule has at least one node");
  Eigen::VectorXd beside(count - 1);
  for (int k = 1; k < count; ++k) beside[k - 1] = k / std::sqrt(4.0 * k * k - 1.0);
  QuadratureRule rule = golub_welsch(Eigen::VectorXd::Zero(count), beside);
  for (double& node : rule.node) node = 0.5 * (1.0 + node);
  return rule;
}

}  // namespace reprise
