#pragma once

#include <vector>

#include "workers/kde/distance_law.hpp"

namespace reprise::kde {

/// The semi-exact theory at finite n and d (spec 2.7): given x the Q_i are independent, so that
///   L(tau) = E exp(-e^tau Z) = (1 - M)^n,  M = E[1 - exp(-e^tau w)],  w = exp(-Q/h^2),
/// is the survival function of T = log Exp(1) - log Z, whose moments give those of log Z.
/// n is given by its logarithm and may be any real, e^1000 too.
class FiniteSizeSum {
 public:
  /// At least 3000 nodes in tau, and steps of at most 0.1.
  FiniteSizeSum(const DistanceLaw& law, double log_points, double bandwidth);

  /// E log Z = -gamma_E - E T.
  [[nodiscard]] double mean_log_sum() const { return mean_; }
  /// Var log Z = Var T - pi^2/6.
  [[nodiscard]] double log_sum_variance() const { return variance_; }
  /// E Y2 = n int dtau E[(e^tau w)^2 exp(-e^tau w)] (1 - M)^(n-1).
  [[nodiscard]] double participation() const { return participation_; }
  /// E log rho_hat(x) = E log Z - log n - (d/2) log(2 pi h^2).
  [[nodiscard]] double mean_log_density() const;

  /// E w_1/(w_1 + Z) for a further point at Q_1 (the generating point of spec 2.12):
  /// int dtau x exp(-x) L(tau), x = e^tau w_1.
  [[nodiscard]] double own_weight(double half_squared_distance) const;

 private:
  void tabulate(const DistanceLaw& law);
  void integrate();

  double dim_;
  double log_points_;
  double bandwidth_;
  double first_ = 0.0;
  double step_ = 0.0;
  std::vector<double> survival_;  ///< L at first + j step
  std::vector<double> pairs_;     ///< n E[x^2 e^-x] (1 - M)^(n-1)
  double mean_ = 0.0;
  double variance_ = 0.0;
  double participation_ = 0.0;
};

}  // namespace reprise::kde
