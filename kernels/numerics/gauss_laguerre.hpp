#pragma once

#include <vector>

namespace reprise {

/// A quadrature rule: sum_i weight_i f(node_i).
struct QuadratureRule {
  std::vector<double> node;
  std::vector<double> weight;
};

/// Expectations under the gamma law of the given shape: density z^(shape-1) e^-z / Gamma(shape), weights
/// summing to
/// 1. Exact for polynomials of degree 2 count - 1. Golub and Welsch, Math. Comp. 23, 1969.
[[nodiscard]] QuadratureRule gauss_laguerre(int count, double shape);

}  // namespace reprise
