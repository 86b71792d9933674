#pragma once

#include <vector>

#include "workers/kde/finite_size.hpp"

namespace reprise::kde {

/// What an average over x gives at one bandwidth.
struct AveragedDensity {
  double mean_log_density = 0.0;  ///< E log rho_hat
  double divergence = 0.0;        ///< KL(rho || rho_hat) = E log rho - log rho_hat
  double participation = 0.0;     ///< E Y2
};

struct OptimalBandwidth {
  double bandwidth = 0.0;
  AveragedDensity at;
};

/// Semi-exact theory for isotropic data N(0, variance I), averaged over x ~ rho (Gauss-Laguerre in |x|^2/(2
/// variance)) or at the typical |x|^2 = d variance alone.
class IsotropicTheory {
 public:
  [[nodiscard]] static IsotropicTheory averaged(int dim, double log_points, double variance = 1.0,
                                                int nodes = 16);
  [[nodiscard]] static IsotropicTheory typical(int dim, double log_points, double variance = 1.0);

  [[nodiscard]] AveragedDensity at(double bandwidth) const;

  /// The bandwidth of least divergence in [low, high].
  [[nodiscard]] OptimalBandwidth optimum(double low, double high) const;

 private:
  IsotropicTheory(double log_points) : log_points_(log_points) {}

  double log_points_;
  std::vector<DistanceLaw> law_;
  std::vector<double> weight_;
  std::vector<double> log_density_;  ///< log rho(x)
};

}  // namespace reprise::kde
