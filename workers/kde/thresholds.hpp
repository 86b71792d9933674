#pragma once

#include "workers/kde/large_deviations.hpp"

namespace reprise::kde {

/// The edge of the energy spectrum (spec 2.3): below d e(lambda) no data point is expected.
struct Edge {
  double lambda = 0.0;
  double nearest_scale = 0.0;  ///< r = 2 e(lambda): |x - y_nearest|^2/d

  [[nodiscard]] double condensation_bandwidth() const;        ///< h_G = lambda^-1/2
  [[nodiscard]] double central_limit_bandwidth() const;       ///< h_CLT = sqrt2 h_G
  [[nodiscard]] double stable_index(double bandwidth) const;  ///< mu = lambda h^2
};

/// lambda_*: alpha + s(lambda) = 0, for load alpha = log(n)/d in (0, 300].
[[nodiscard]] Edge asymptotic_edge(const LargeDeviations& law, double load);

/// lambda_fd (spec 2.6), the upper root of alpha + s(l) - (1/d) log(l sqrt(2 pi d g''(l))) = 0: one point is
/// expected below d e(lambda_fd). Throws std::domain_error where there is none (few points in few
/// dimensions).
[[nodiscard]] Edge finite_size_edge(const LargeDeviations& law, double dim, double log_points);

/// phi(h) = lim (1/d) log rho_hat(x) (spec 2.3.5).
[[nodiscard]] double typical_log_density(const LargeDeviations& law, double load, double bandwidth);

/// Same with the edge at hand.
[[nodiscard]] double typical_log_density(const LargeDeviations& law, double load, const Edge& edge,
                                         double bandwidth);

/// -1/2 log(2 pi h^2) + g(1/h^2), the annealed (1/d) log E rho_hat(x), whatever the regime.
[[nodiscard]] double annealed_log_density(const LargeDeviations& law, double bandwidth);

/// KL(rho || rho_hat)/d at typical x (spec 2.4).
[[nodiscard]] double divergence(const LargeDeviations& law, double load, const Edge& edge, double bandwidth);

/// kappa >= 0: |rho_hat/E rho_hat - 1| ~ exp(-d kappa) for h >= h_G (spec 2.3.6).
[[nodiscard]] double fluctuation_exponent(const LargeDeviations& law, double load, const Edge& edge,
                                          double bandwidth);

/// h_2, below which the second moment of rho_hat is not its mean squared: alpha = g(2/h^2) - 2 g(1/h^2).
[[nodiscard]] double second_moment_bandwidth(const LargeDeviations& law, double load);

/// h_C (spec 2.12): alpha = 1/2 < log(1 + c/h^2) >. A sample x = y_1 + h z of the estimate itself is
/// dominated by y_1 below.
[[nodiscard]] double memorisation_bandwidth(const Spectrum& spectrum, double load);

/// t_C of an Ornstein-Uhlenbeck diffusion of isotropic data: 1/2 log(1 + variance/(n^(2/d) - 1)).
[[nodiscard]] double collapse_time(double variance, double load);

/// Relative variance of rho_hat over data sets, (1/n)(exp(d(g(2 beta) - 2 g(beta))) - 1), beta = 1/h^2:
/// exact.
[[nodiscard]] double relative_variance(const LargeDeviations& law, double dim, double points,
                                       double bandwidth);

/// log E rho_hat(x): exact.
[[nodiscard]] double log_mean_density(const LargeDeviations& law, double dim, double bandwidth);

/// All thresholds of a spectrum at typical x.
struct Thresholds {
  Edge edge;
  double h_condensation = 0.0;              ///< h_G
  double h_central_limit = 0.0;             ///< h_CLT
  double h_divergence = 0.0;                ///< h_KL = sqrt r_*
  double h_second_moment = 0.0;             ///< h_2
  double h_memorisation = 0.0;              ///< h_C
  double least_divergence = 0.0;            ///< KL/d at h_KL
  double divergence_at_condensation = 0.0;  ///< KL/d at h_G
  double index_at_optimum = 0.0;            ///< mu_opt = lambda_* r_* < 1
};

[[nodiscard]] Thresholds thresholds(const Spectrum& spectrum, double load);

/// E log Z in the condensed phase at finite size (spec 2.6), mu < 1:
/// -q0/h^2 + (1/mu) log Gamma(1 - mu) + gamma_E (1/mu - 1), q0 = d e(lambda_fd).
[[nodiscard]] double condensed_log_sum(const Edge& finite_size, double dim, double bandwidth);

}  // namespace reprise::kde
