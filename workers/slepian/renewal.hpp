#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "workers/slepian/covariance.hpp"

namespace reprise::slepian {

/// Solves S(t) = f(t) + weight * integral over (0, t] of S(t - u) dF(u) on a grid by the Stieltjes trapezoid
/// (spec 2.6): no derivative of F is needed, and F may be no distribution function. forcing [n + 1] holds f
/// at t_0 .. t_n, increment [n] holds F(t_j) - F(t_(j-1)) for j = 1 .. n. Direct sums up to some thousand
/// steps, Fourier transforms of blocks beyond. Returns S [n + 1].
[[nodiscard]] std::vector<double> solve_renewal(std::span<const double> forcing,
                                                std::span<const double> increment, double weight);

/// A survival function on the grid 0, step, 2 step, ...
struct SurvivalCurve {
  double step = 0.0;
  std::vector<double> survival;  ///< P(T > t) [n + 1]

  /// Linear between grid points; the last value beyond them.
  [[nodiscard]] double at(double t) const;
};

/// P(T > t) under the independent interval approximation, T = X_1 + ... + X_N: 0 <= t <= end in steps of
/// `step`, extrapolated from steps `step` and `step`/2 (order 2, or 2 nu_s - 1 for rough covariances).
[[nodiscard]] SurvivalCurve interval_survival(const Covariance& covariance, double step, double end);

/// Density of T at the midpoints of the grid: (S(t_j) - S(t_(j+1)))/step. [n]
[[nodiscard]] std::vector<double> density_of(const SurvivalCurve& curve);

}  // namespace reprise::slepian
