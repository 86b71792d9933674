#pragma once

#include "kernels/numerics/quadrature_rule.hpp"

namespace reprise {

/// Averages over the interval (0, 1), weights summing to 1. Exact for polynomials of degree 2 count - 1.
[[nodiscard]] QuadratureRule gauss_legendre(int count);

}  // namespace reprise
