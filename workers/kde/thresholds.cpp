#include "workers/kde/thresholds.hpp"

#include <cmath>
#include <numbers>
#include <stdexcept>

#include "kernels/expects.hpp"
#include "kernels/numerics/roots.hpp"

namespace reprise::kde {
namespace {

using std::numbers::pi;

/// Root of a function decreasing in u = log lambda, from u = -30 up.
template <class Function>
double exp_of_root(const Function& decreasing) {
  const double low = -30.0;
  double high = 5.0;
  while (decreasing(high) > 0.0) {
    high += 5.0;
    if (high > 700.0) {
      throw std::domain_error("the load is too large for a root in double precision");
    }
  }
  return std::exp(find_root(decreasing, low, high));
}

double mean_log_eigenvalue(const Spectrum& spectrum) {
  double sum = 0.0;
  for (std::size_t a = 0; a < spectrum.size(); ++a) {
    sum += spectrum.weight[a] * std::log(spectrum.eigenvalue[a]);
  }
  return sum;
}

void expect_load(double load) {
  expects(load > 0.0 && load <= 300.0, "the load log(n)/d lies in (0, 300]");
}

void expect_bandwidth(double h) {
  expects(h > 0.0 && std::isfinite(h), "a bandwidth is above 0");
}

}  // namespace

double Edge::condensation_bandwidth() const {
  return 1.0 / std::sqrt(lambda);
}
double Edge::central_limit_bandwidth() const {
  return std::numbers::sqrt2 * condensation_bandwidth();
}
double Edge::stable_index(double bandwidth) const {
  return lambda * bandwidth * bandwidth;
}

Edge asymptotic_edge(const LargeDeviations& law, double load) {
  expect_load(load);
  const double lambda = exp_of_root([&](double u) { return load + law.entropy(std::exp(u)); });
  return {lambda, 2.0 * law.energy(lambda)};
}

Edge finite_size_edge(const LargeDeviations& law, double dim, double log_points) {
  expects(dim >= 1.0, "a dimension is at least 1");
  const double load = log_points / dim;
  expect_load(load);
  const auto log_count = [&](double u) {
    const double lambda = std::exp(u);
    return load + law.entropy(lambda) -
           (u + 0.5 * std::log(2.0 * pi * dim * law.energy_variance(lambda))) / dim;
  };
  const auto falls = [&](double u) {
    return std::exp(2.0 * u) * law.energy_variance(std::exp(u)) > 0.5 / dim;
  };
  // From above: the first sign change is the upper root.
  double high = 5.0;
  while (log_count(high) > 0.0) {
    high += 5.0;
  }
  double low = high;
  while (log_count(low) <= 0.0) {
    high = low;
    low -= 0.125;
    if (!falls(low)) {
      throw std::domain_error("no finite-size edge: too few points for the dimension");
    }
  }
  const double lambda = std::exp(find_root(log_count, low, high));
  return {lambda, 2.0 * law.energy(lambda)};
}

double annealed_log_density(const LargeDeviations& law, double bandwidth) {
  expect_bandwidth(bandwidth);
  const double beta = 1.0 / (bandwidth * bandwidth);
  return -0.5 * std::log(2.0 * pi / beta) + law.log_moment(beta);
}

double typical_log_density(const LargeDeviations& law, double load, const Edge& edge, double bandwidth) {
  expect_bandwidth(bandwidth);
  if (bandwidth >= edge.condensation_bandwidth()) {
    return annealed_log_density(law, bandwidth);
  }
  const double h2 = bandwidth * bandwidth;
  return -0.5 * std::log(2.0 * pi * h2) - load - 0.5 * edge.nearest_scale / h2;
}

double typical_log_density(const LargeDeviations& law, double load, double bandwidth) {
  return typical_log_density(law, load, asymptotic_edge(law, load), bandwidth);
}

double divergence(const LargeDeviations& law, double load, const Edge& edge, double bandwidth) {
  const double minus_entropy =
      -0.5 * std::log(2.0 * pi * std::numbers::e) - 0.5 * mean_log_eigenvalue(law.spectrum());
  return minus_entropy - typical_log_density(law, load, edge, bandwidth);
}

double fluctuation_exponent(const LargeDeviations& law, double load, const Edge& edge, double bandwidth) {
  expects(edge.stable_index(bandwidth) >= 1.0 - 1e-12,
          "fluctuations are relative to the mean for h >= h_G only");
  const double beta = 1.0 / (bandwidth * bandwidth);
  if (bandwidth >= edge.central_limit_bandwidth()) {
    return 0.5 * (load - law.log_moment(2.0 * beta) + 2.0 * law.log_moment(beta));
  }
  return load + 0.5 * beta * edge.nearest_scale + law.log_moment(beta);
}

double second_moment_bandwidth(const LargeDeviations& law, double load) {
  expect_load(load);
  const double beta = exp_of_root([&](double u) {
    const double b = std::exp(u);
    return load - law.log_moment(2.0 * b) + 2.0 * law.log_moment(b);
  });
  return 1.0 / std::sqrt(beta);
}

double memorisation_bandwidth(const Spectrum& spectrum, double load) {
  expect_load(load);
  const double beta = exp_of_root([&](double u) {
    double sum = 0.0;
    for (std::size_t a = 0; a < spectrum.size(); ++a) {
      sum += spectrum.weight[a] * std::log1p(spectrum.eigenvalue[a] * std::exp(u));
    }
    return load - 0.5 * sum;
  });
  return 1.0 / std::sqrt(beta);
}

double collapse_time(double variance, double load) {
  expects(variance > 0.0, "a variance is above 0");
  expect_load(load);
  return 0.5 * std::log1p(variance / std::expm1(2.0 * load));
}

double relative_variance(const LargeDeviations& law, double dim, double points, double bandwidth) {
  expect_bandwidth(bandwidth);
  const double beta = 1.0 / (bandwidth * bandwidth);
  return std::expm1(dim * (law.log_moment(2.0 * beta) - 2.0 * law.log_moment(beta))) / points;
}

double log_mean_density(const LargeDeviations& law, double dim, double bandwidth) {
  return dim * annealed_log_density(law, bandwidth);
}

Thresholds thresholds(const Spectrum& spectrum, double load) {
  const LargeDeviations law(spectrum);
  Thresholds t;
  t.edge = asymptotic_edge(law, load);
  t.h_condensation = t.edge.condensation_bandwidth();
  t.h_central_limit = t.edge.central_limit_bandwidth();
  t.h_divergence = std::sqrt(t.edge.nearest_scale);
  t.h_second_moment = second_moment_bandwidth(law, load);
  t.h_memorisation = memorisation_bandwidth(spectrum, load);
  t.least_divergence = 0.5 * std::log(t.edge.nearest_scale) - 0.5 * mean_log_eigenvalue(spectrum) + load;
  t.divergence_at_condensation = divergence(law, load, t.edge, t.h_condensation);
  t.index_at_optimum = t.edge.lambda * t.edge.nearest_scale;
  return t;
}

double condensed_log_sum(const Edge& finite_size, double dim, double bandwidth) {
  const double mu = finite_size.stable_index(bandwidth);
  expects(mu < 1.0, "the condensed phase has h < h_G");
  const double nearest = 0.5 * dim * finite_size.nearest_scale;
  return -nearest / (bandwidth * bandwidth) + std::lgamma(1.0 - mu) / mu +
         std::numbers::egamma * (1.0 / mu - 1.0);
}

}  // namespace reprise::kde
