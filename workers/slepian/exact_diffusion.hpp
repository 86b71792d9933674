#pragma once

namespace reprise::slepian {

// Diffusion in two dimensions, exact at all t: Fredholm determinant of the even part of the sech kernel
// (spec 2.7 (f)).

/// P0(t): no zero in (0, t). det(I - K) on (0, t/2), K(x, y) = k(x - y) + k(x + y), k(z) = 1/(2 pi
/// cosh(z/2)), by Nystroem's method with 80 Gauss nodes.
[[nodiscard]] double diffusion_no_zero(double t);

/// P(T > t) = -mu P0'(t), and the density of T, mu P0''(t), by central differences of sixth and fourth order.
[[nodiscard]] double diffusion_survival(double t);
[[nodiscard]] double diffusion_density(double t);

/// The exact exponent 3/16 (M. Poplavskyi and G. Schehr, arXiv 1806.11275).
inline constexpr double kDiffusionExponent = 3.0 / 16.0;

}  // namespace reprise::slepian
