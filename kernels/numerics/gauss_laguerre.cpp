#include "kernels/numerics/gauss_laguerre.hpp"

#include <cmath>

#include "kernels/expects.hpp"

namespace reprise {

QuadratureRule gauss_laguerre(int count, double shape) {
  expects(count > 0, "a quadrature rule needs at least one node");
  expects(shape > 0.0, "a gamma law needs a shape above 0");
  Eigen::VectorXd diagonal(count);
  Eigen::VectorXd beside(count > 1 ? count - 1 : 0);
  for (int i = 0; i < count; ++i) {
    diagonal[i] = 2.0 * i + shape;
    if (i > 0) {
      beside[i - 1] = std::sqrt(i * (i + shape - 1.0));
    }
  }
  return golub_welsch(diagonal, beside);
}

}  // namespace reprise
