#pragma once

#include <optional>

#include "workers/slepian/covariance.hpp"

namespace reprise::slepian {

/// The persistency exponent under the independent interval approximation and what goes with it (spec 2.5).
struct PersistencyExponent {
  double exponent = 0.0;   ///< theta: P(T > t) ~ amplitude exp(-theta t)
  double amplitude = 0.0;  ///< A = 2/(1 + theta^2 K), K = integral of t exp(theta t) E0(t)
};

/// theta: the smallest positive root of theta * integral of exp(theta t) E0(t) = 1. None where E0 decays
/// slower than any exponential or changes sign.
[[nodiscard]] std::optional<PersistencyExponent> persistency_exponent(const Covariance& covariance);

/// Partial survival: E p^(number of zeros in (0, t)) ~ exp(-theta(p) t); E exp(theta X) = 2/(1 + p) for the
/// divisor X. 0 <= p < 1, and p = 0 is persistency_exponent().
[[nodiscard]] std::optional<double> partial_survival_exponent(const Covariance& covariance, double survival);

/// Moments of the divisor X under 1 - E0: mean = integral of E0, which is mu/2 where r vanishes at infinity,
/// and E X^2 = integral of 2 t E0. Var T = 2 E X^2.
struct DivisorMoments {
  double mean = 0.0;
  double second = 0.0;
};
[[nodiscard]] DivisorMoments divisor_moments(const Covariance& covariance);

/// s L(E0)(s), s > 0: 2.3(3).
[[nodiscard]] double scaled_transform(const Covariance& covariance, double s);
/// The transform of T by the Slepian model, (1 - s L(E0))/(1 + s L(E0)).
[[nodiscard]] double interval_transform(const Covariance& covariance, double s);
/// The same by the covariance of the clipped process, R = (2/pi) arcsin r (classical approximation,
/// spec 2.2).
[[nodiscard]] double classical_transform(const Covariance& covariance, double s);

}  // namespace reprise::slepian
