#pragma once

#include <span>

namespace reprise {

/// P(X <= x) for a standard normal X: relative error below 5e-15 in both tails, 0 below x = -37.5 (where it
/// is no normal number), no number where x is none. Mills' ratio as a minimax quotient of polynomials.
[[nodiscard]] double normal_cdf(double x);

/// The x of P(X <= x) = p: relative error below 5e-14 from the least normal number on; -infinity at 0 and
/// below that number, infinity at 1, no number outside [0, 1]. As a quotient of polynomials in
/// sqrt(-2 log(2 min(p, 1 - p))).
[[nodiscard]] double normal_quantile(double p);

/// phi(x) / Phi(x), the density over the distribution function: E(X | X > -x).
[[nodiscard]] double inverse_mills_ratio(double x);

/// The first two for each number, vectorised without branches; y may be x. Throws std::invalid_argument when
/// lengths differ.
void normal_cdf(std::span<const double> x, std::span<double> y);
void normal_quantile(std::span<const double> p, std::span<double> x);

}  // namespace reprise
