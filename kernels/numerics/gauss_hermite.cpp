#include "kernels/numerics/gauss_hermite.hpp"

#include <cmath>

#include "kernels/expects.hpp"

namespace reprise {

QuadratureRule gauss_hermite(int count) {
  expects(count > 0, "a quadrature rule needs at least one node");
  Eigen::VectorXd beside(count - 1);
  for (int i = 1; i < count; ++i) {
    beside[i - 1] = std::sqrt(i);
  }
  return golub_welsch(Eigen::VectorXd::Zero(count), beside);
}

}  // namespace reprise
