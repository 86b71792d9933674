#pragma once

#include <vector>

#include "workers/kde/large_deviations.hpp"

namespace reprise::kde {

/// The law of Q = |x - y|^2/2 at a fixed x, discretised (spec 2.7 A): second-order saddlepoint approximation
/// in theta = 1/c_max - e^xi on a uniform grid of xi, all in logarithms. With r = 1 - theta c, sums over
/// coordinates:
///   K  = sum -1/2 log r + theta v/(2r)   K1 = sum c/(2r) + v/(2r^2)     K2 = sum c^2/(2r^2) + c v/r^3
///   K3 = sum c^3/r^3 + 3c^2 v/r^4        K4 = sum 3c^4/r^4 + 12 c^3 v/r^5
///   q = K1, p = exp(K - theta K1) sqrt(K2/2pi) e^xi dxi (1 + K4/(8 K2^2) - 5 K3^2/(24 K2^3)).
/// Masses are not renormalised: the lower tail decides everything, and it is right as it is.
/// (H. Daniels, Ann. Math. Stat. 25, 1954.) For isotropic data in up to 50 dimensions the masses are exact: 2
/// Q/c is noncentral chi-squared with d degrees of freedom, and its density a Poisson mixture.
class DistanceLaw {
 public:
  /// nodes = 0: as many as the steps need to stay small, at least 4000.
  DistanceLaw(LargeDeviations law, double dim, int nodes = 0);

  [[nodiscard]] const std::vector<double>& values() const { return q_; }  ///< Q, ascending
  [[nodiscard]] const std::vector<double>& log_masses() const { return log_mass_; }

  /// log P(Q <= values()[i]): masses up to there, with half of the last cell.
  [[nodiscard]] const std::vector<double>& log_distribution() const { return log_cdf_; }

  /// Q at the given log probability, log Q linear in log P between nodes.
  [[nodiscard]] double quantile(double log_probability) const;

  [[nodiscard]] double dim() const { return dim_; }
  [[nodiscard]] const LargeDeviations& large_deviations() const { return law_; }

  /// log E exp(-beta Q) = d g(beta), in closed form.
  [[nodiscard]] double log_mean_weight(double beta) const { return dim_ * law_.log_moment(beta); }

 private:
  LargeDeviations law_;
  double dim_;
  std::vector<double> q_;
  std::vector<double> log_mass_;
  std::vector<double> log_cdf_;
};

}  // namespace reprise::kde
