#pragma once

#include <vector>

#include "kernels/numerics/quadrature_rule.hpp"

namespace reprise::deep_probability {

/// The linear model of early learning and memorisation over its whole population: x ~ N(0, I_d), true
/// probability p = sigmoid(signal x_1), prediction sigmoid(theta . x). Averages depend on the norm s of theta
/// and its alignment rho = theta_1/s with the true direction only (derived; Theorem 4.1 of Liu et al., ICML
/// 2022, is about this model, its constants were not seen). Product Gauss-Hermite quadrature; predictions
/// that are steep along the truth need more nodes: 200 are good to 1e-7 up to s = 15 at rho = 1/2, 10 at 0.9
/// and 5 at 1.
class LinearPopulation {
 public:
  explicit LinearPopulation(double signal, int nodes = 200);

  /// a = E sigmoid'(signal Z): the first step of descent is on average rate a signal along the true
  /// direction.
  [[nodiscard]] double slope() const;
  /// Var sigmoid(signal Z), the squared error of the constant 1/2.
  [[nodiscard]] double variance() const;

  /// MSE_p = E (sigmoid(s V) - sigmoid(signal U))^2, U and V standard normal of correlation rho.
  [[nodiscard]] double squared_error(double norm, double alignment) const;
  /// Its limit for s -> infinity, where predictions are 0 or 1:
  /// E sigmoid^2(signal U) - 2 E sigmoid(signal U) Phi(rho U/sqrt(1 - rho^2)) + 1/2. Good to 1e-5 up to rho =
  /// 0.99, to 1e-3 at 1, where Phi is a step.
  [[nodiscard]] double squared_error_of_certainty(double alignment) const;
  /// E[-p log sigmoid(s V) - (1 - p) log(1 - sigmoid(s V))], nat.
  [[nodiscard]] double cross_entropy(double norm, double alignment) const;

  /// Alignment of the first step from 0: a signal/sqrt(a^2 signal^2 + d/(4 n)), up to terms of order 1/n.
  /// Early learning lasts while d/n is well below 4 a^2 signal^2.
  [[nodiscard]] double first_alignment(double dimensions_per_sample) const;

 private:
  /// E f(V, sigmoid(signal U)).
  template <class Function>
  [[nodiscard]] double average(double alignment, const Function& f) const;

  double signal_;
  QuadratureRule rule_;
  std::vector<double> truth_;  ///< sigmoid(signal node)
};

}  // namespace reprise::deep_probability
