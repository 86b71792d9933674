#pragma once

#include <vector>

#include "workers/kde/spectrum.hpp"

namespace reprise::kde {

/// Large deviations of Q = |x - y|^2/2 per dimension, y ~ N(0, C), at a fixed x (spec 2.2). With v_a = x_a^2:
///   g(l)   = -1/2 < log(1 + l c) + l v/(1 + l c) >          = (1/d) log E exp(-l Q)
///   e(l)   = -g' = 1/2 < c/(1 + l c) + v/(1 + l c)^2 >       energy of the tilted law
///   g''(l) = < c^2/(2 (1 + l c)^2) + c v/(1 + l c)^3 >
///   s(l)   = g + l e <= 0, decreasing                        exp(d [alpha + s]) points lie near Q/d = e
class LargeDeviations {
 public:
  /// At a typical x: v = c.
  explicit LargeDeviations(Spectrum spectrum);
  /// At an x with the given squared coordinates, one for each eigenvalue (their mean, where several share
  /// one).
  LargeDeviations(Spectrum spectrum, std::vector<double> squared_coordinates);

  [[nodiscard]] double log_moment(double lambda) const;       ///< g
  [[nodiscard]] double energy(double lambda) const;           ///< e
  [[nodiscard]] double energy_variance(double lambda) const;  ///< g''
  [[nodiscard]] double entropy(double lambda) const;          ///< s

  [[nodiscard]] const Spectrum& spectrum() const { return spectrum_; }
  [[nodiscard]] const std::vector<double>& squared_coordinates() const { return v_; }

 private:
  Spectrum spectrum_;
  std::vector<double> v_;
};

}  // namespace reprise::kde
