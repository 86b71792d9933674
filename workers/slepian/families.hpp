#pragma once

#include <memory>

#include "workers/slepian/covariance.hpp"

namespace reprise::slepian {

// The library of covariances (spec 2.4), one function a family. Each throws std::invalid_argument for a
// parameter out of range.

/// sech(t/2)^(d/2): a diffusing field in d dimensions, t = log of physical time.
[[nodiscard]] std::unique_ptr<const Covariance> diffusion_covariance(double dimension);
/// (3 e^(-t/2) - e^(-3t/2))/2: random acceleration, t = log of physical time.
[[nodiscard]] std::unique_ptr<const Covariance> acceleration_covariance();
/// 2^(1-nu)/Gamma(nu) x^nu K_nu(x), x = sqrt(2 nu) t/length; nu > 1.
[[nodiscard]] std::unique_ptr<const Covariance> matern_covariance(double smoothness, double length);
/// The Matérn function of t (no scaling by nu), shifted.
[[nodiscard]] std::unique_ptr<const Covariance> shifted_matern_covariance(double smoothness, double shift,
                                                                          ShiftReading reading);
/// w e^(-(a t)^2/2) + (1 - w) e^(-(b t)^2/2); the Gaussian is w = 1, a = 1.
[[nodiscard]] std::unique_ptr<const Covariance> mixture_covariance(double weight, double fast, double slow);
/// (1 + t^2)^-b.
[[nodiscard]] std::unique_ptr<const Covariance> cauchy_covariance(double exponent);
/// (1 - t)_+^4 (1 + 4 t).
[[nodiscard]] std::unique_ptr<const Covariance> wendland_covariance();
/// e^(-t^2/2) cos(omega t).
[[nodiscard]] std::unique_ptr<const Covariance> cosine_covariance(double frequency);
/// e^(-zeta t) (cos w t + (zeta/w) sin w t), w = sqrt(1 - zeta^2).
[[nodiscard]] std::unique_ptr<const Covariance> oscillator_covariance(double damping);
/// sin(t)/t: band-limited white noise.
[[nodiscard]] std::unique_ptr<const Covariance> sinc_covariance();
/// A quintic spline through values [n] at 0, step, 2 step, ..., r(0) = 1, r'(0) = 0; beyond the last it
/// decays exponentially as it does there, or is 0 where it does not fall to 0 from above. n >= 8.
[[nodiscard]] std::unique_ptr<const Covariance> tabulated_covariance(double step,
                                                                     const std::vector<double>& values);

}  // namespace reprise::slepian
