#pragma once

#include "kernels/numerics/quadrature_rule.hpp"

namespace reprise {

/// Expectations under the gamma law of the given shape: density z^(shape-1) e^-z / Gamma(shape), weights
/// summing to 1. Exact for polynomials of degree 2 count - 1.
[[nodiscard]] QuadratureRule gauss_laguerre(int count, double shape);

}  // namespace reprise
