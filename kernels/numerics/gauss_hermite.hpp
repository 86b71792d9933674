#pragma once

#include "kernels/numerics/quadrature_rule.hpp"

namespace reprise {

/// Expectations under the standard normal law, weights summing to 1. Exact for polynomials of degree 2 count
/// - 1. Golub and Welsch, Math. Comp. 23, 1969.
[[nodiscard]] QuadratureRule gauss_hermite(int count);

}  // namespace reprise
