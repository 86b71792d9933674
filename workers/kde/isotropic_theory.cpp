#include "workers/kde/isotropic_theory.hpp"

#include <cmath>
#include <numbers>

#include "kernels/numerics/gauss_laguerre.hpp"
#include "kernels/numerics/roots.hpp"

namespace reprise::kde {
namespace {

DistanceLaw isotropic_law(int dim, double variance, double squared_norm) {
  return DistanceLaw(LargeDeviations(isotropic(variance), {squared_norm / dim}), dim);
}

double log_gaussian(int dim, double variance, double squared_norm) {
  return -0.5 * dim * std::log(2.0 * std::numbers::pi * variance) - 0.5 * squared_norm / variance;
}

}  // namespace

IsotropicTheory IsotropicTheory::averaged(int dim, double log_points, double variance, int nodes) {
  IsotropicTheory theory(log_points);
  const QuadratureRule rule = gauss_laguerre(nodes, 0.5 * dim);
  for (std::size_t i = 0; i < rule.node.size(); ++i) {
    const double squared_norm = 2.0 * variance * rule.node[i];
    theory.law_.push_back(isotropic_law(dim, variance, squared_norm));
    theory.weight_.push_back(rule.weight[i]);
    theory.log_density_.push_back(log_gaussian(dim, variance, squared_norm));
  }
  return theory;
}

IsotropicTheory IsotropicTheory::typical(int dim, double log_points, double variance) {
  IsotropicTheory theory(log_points);
  const double squared_norm = variance * dim;
  theory.law_.push_back(isotropic_law(dim, variance, squared_norm));
  theory.weight_.push_back(1.0);
  theory.log_density_.push_back(log_gaussian(dim, variance, squared_norm));
  return theory;
}

AveragedDensity IsotropicTheory::at(double bandwidth) const {
  AveragedDensity average;
  for (std::size_t i = 0; i < law_.size(); ++i) {
    const FiniteSizeSum sum(law_[i], log_points_, bandwidth);
    average.mean_log_density += weight_[i] * sum.mean_log_density();
    average.divergence += weight_[i] * (log_density_[i] - sum.mean_log_density());
    average.participation += weight_[i] * sum.participation();
  }
  return average;
}

OptimalBandwidth IsotropicTheory::optimum(double low, double high) const {
  const auto divergence = [this](double log_h) { return at(std::exp(log_h)).divergence; };
  const double log_h = find_minimum(divergence, std::log(low), std::log(high), 16).first;
  return {std::exp(log_h), at(std::exp(log_h))};
}

}  // namespace reprise::kde
