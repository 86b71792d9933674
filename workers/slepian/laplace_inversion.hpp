#pragma once

#include <complex>
#include <functional>

namespace reprise::slepian {

/// The function whose Laplace transform is given, at t > 0, by Euler summation: J. Abate and W. Whitt,
/// INFORMS J. Comput. 18, 2006, with M = 16. About ten digits for smooth functions.
[[nodiscard]] double invert_laplace(
    const std::function<std::complex<double>(std::complex<double>)>& transform, double t);

/// Digamma for Re z > 0.
[[nodiscard]] std::complex<double> digamma(std::complex<double> z);

/// L(E0)(s) in closed form: for diffusion in two dimensions, and for random acceleration.
[[nodiscard]] std::complex<double> diffusion_sign_transform(std::complex<double> s);
[[nodiscard]] std::complex<double> acceleration_sign_transform(std::complex<double> s);

/// Of P(T > t), given L(E0)(s): (1 - Psi_T(s))/s = 2 L(E0)/(1 + s L(E0)).
[[nodiscard]] std::complex<double> survival_transform(std::complex<double> s,
                                                      std::complex<double> sign_transform);

}  // namespace reprise::slepian
