#pragma once

namespace reprise {

/// Density and distribution function of the stable laws that StableLaw and positive_stable() draw from,
/// skewness +1.
///   index in (0, 1)  Laplace transform exp(-s^index), on x > 0: integrals of Zolotarev and Kanter (Ann.
///   Prob. 3,
///                    1975) over A(u) = sin(index u)^(index/(1-index)) sin((1-index) u) /
///                    sin(u)^(1/(1-index))
///   index in (1, 2)  characteristic function exp(-|t|^index (1 - i sign(t) tan(pi index/2))), mean 0:
///   Fourier
///                    integrals (Gil-Pelaez, Biometrika 38, 1951)
/// Absolute error below 1e-6 within ten interquartile ranges of the median; for index < 1 the relative error
/// of the density is below 1e-6 far into the tail, to 30 interquartile ranges of log x.
class StableDensity {
 public:
  /// Throws std::invalid_argument for an index outside of these.
  explicit StableDensity(double index);

  [[nodiscard]] double density(double x) const;
  [[nodiscard]] double distribution(double x) const;
  /// 0.001 <= p <= 0.999.
  [[nodiscard]] double quantile(double p) const;

 private:
  double index_;
};

}  // namespace reprise
