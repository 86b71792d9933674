#pragma once

#include <cstddef>
#include <vector>

namespace reprise::kde {

/// Spectrum of the covariance of Gaussian data N(0, C) in the basis where C is diagonal: eigenvalues c with
/// the fraction of coordinates that have them. <f> below is the weighted mean over them.
struct Spectrum {
  std::vector<double> eigenvalue;  ///< >= 0
  std::vector<double> weight;      ///< sums to 1

  [[nodiscard]] std::size_t size() const { return eigenvalue.size(); }
};

/// C = variance I.
[[nodiscard]] Spectrum isotropic(double variance = 1.0);

/// Half the coordinates each.
[[nodiscard]] Spectrum two_level(double high, double low);

/// c_a ~ a^-exponent, a = 1..dim, rescaled to mean 1.
[[nodiscard]] Spectrum power_law(int dim, double exponent);

/// Marchenko-Pastur of ratio q < 1: midpoint nodes theta_i = (i + 1/2) pi/nodes, c = (a+b)/2 + (b-a)/2 cos
/// theta, a, b = (1 -+ sqrt q)^2, weight ~ sin^2(theta)/c.
[[nodiscard]] Spectrum marchenko_pastur(double ratio, int nodes = 2000);

/// One eigenvalue a coordinate.
[[nodiscard]] Spectrum spectrum_of(std::vector<double> eigenvalues);

}  // namespace reprise::kde
