#pragma once

#include <vector>

namespace reprise::slepian {

// Random acceleration, exact at all t: McKean's law of the first return of an integrated Brownian motion
// (H. P. McKean, J. Math. Kyoto Univ. 2, 1963; spec 2.7 (g)).

/// Density of the time tau at which x'' = white noise, started at x = 0 with speed 1, is back at 0.
[[nodiscard]] double return_density(double tau);

/// P(T > t) and the density of T; t >= 0.
class ExactAcceleration {
 public:
  ExactAcceleration();

  [[nodiscard]] double survival(double t) const;
  [[nodiscard]] double density(double t) const;

 private:
  /// Sum over the grid of y = log tau of p(tau) tau g(tau) times its step.
  template <class Function>
  [[nodiscard]] double expectation(const Function& g) const;

  std::vector<double> time_;    ///< tau
  std::vector<double> weight_;  ///< p(tau) tau d(log tau)
};

/// The exact exponent 1/4 (Ya. G. Sinai, Theor. Math. Phys. 90, 1992).
inline constexpr double kAccelerationExponent = 0.25;

}  // namespace reprise::slepian
