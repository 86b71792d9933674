#pragma once

#include "kernels/random/philox.hpp"

namespace reprise {

/// Alpha-stable laws with skewness +1, index mu in (0, 2), mu != 1: what sums of independent variables with
/// tail P(X > t) ~ t^-mu tend to. Chambers, Mallows and Stuck (JASA 71, 1976), with beta = 1: V ~ U(-pi/2,
/// pi/2), W ~ Exp(1), b = atan(tan(pi mu/2))/mu, S = (1 + tan^2(pi mu/2))^(1/(2 mu)), X = S sin(mu(V+b)) /
/// cos(V)^(1/mu) [cos(V - mu(V+b))/W]^((1-mu)/mu).
class StableLaw {
 public:
  explicit StableLaw(double index);

  [[nodiscard]] double operator()(Philox& random) const;

 private:
  double index_;
  double shift_;
  double scale_;
};

/// The positive stable law with Laplace transform exp(-s^mu), mu in (0, 1) (Kanter, Ann. Prob. 3, 1975).
[[nodiscard]] double positive_stable(Philox& random, double index);

}  // namespace reprise
