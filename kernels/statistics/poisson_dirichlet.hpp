#pragma once

namespace reprise {

/// The Poisson-Dirichlet law PD(mu, 0), 0 < mu < 1: sorted weights of a random energy model below its glass
/// transition (Pitman and Yor, Ann. Prob. 25, 1997; Derrida, 1981).
class PoissonDirichlet {
 public:
  explicit PoissonDirichlet(double mu);

  /// E sum_i p_i^q = Gamma(q - mu) / (Gamma(q) Gamma(1 - mu)), q > mu.
  [[nodiscard]] double participation(double q) const;
  /// Var sum_i p_i^2 = mu (1 - mu)/3.
  [[nodiscard]] double participation_variance() const;
  /// E max_i p_i = int_0^inf e^-l / psi(l) dl, psi(l) = e^-l + l^mu Gamma(1-mu) P(1-mu, l).
  [[nodiscard]] double largest_weight() const;
  /// E -sum p log p = digamma(1) - digamma(1 - mu).
  [[nodiscard]] double entropy() const;
  /// Var log Z = pi^2/6 (1/mu^2 - 1) of the positive stable sum Z that the weights normalise.
  [[nodiscard]] double log_sum_variance() const;

 private:
  double mu_;
};

}  // namespace reprise
