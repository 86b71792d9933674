#pragma once

namespace reprise {

/// log K_order(x), the modified Bessel function of the second kind, also where K itself underflows. x > 0.
/// Half-integer orders in closed form; beyond x = 50 by Hankel's expansion (Abramowitz and Stegun, 9.7.2),
/// for |order| <= 8 to rounding.
[[nodiscard]] double log_bessel_k(double order, double x);

}  // namespace reprise
