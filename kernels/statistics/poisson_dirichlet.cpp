#include "kernels/statistics/poisson_dirichlet.hpp"

#include <boost/math/quadrature/exp_sinh.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <numbers>

#include "kernels/expects.hpp"

namespace reprise {

PoissonDirichlet::PoissonDirichlet(double mu) : mu_(mu) {
  expects(mu > 0.0 && mu < 1.0, "PD(mu, 0) needs mu in (0, 1)");
}

double PoissonDirichlet::participation(double q) const {
  expects(q > mu_, "a moment of PD(mu, 0) needs q > mu");
  return std::exp(std::lgamma(q - mu_) - std::lgamma(q) - std::lgamma(1.0 - mu_));
}

double PoissonDirichlet::participation_variance() const {
  return mu_ * (1.0 - mu_) / 3.0;
}

double PoissonDirichlet::largest_weight() const {
  const auto integrand = [mu = mu_](double l) {
    if (l > 700.0) {
      return 0.0;
    }
    const double psi = std::exp(-l) + std::pow(l, mu) * boost::math::tgamma_lower(1.0 - mu, l);
    return std::exp(-l) / psi;
  };
  boost::math::quadrature::exp_sinh<double> quadrature;
  return quadrature.integrate(integrand, 1e-14);
}

double PoissonDirichlet::entropy() const {
  return boost::math::digamma(1.0) - boost::math::digamma(1.0 - mu_);
}

double PoissonDirichlet::log_sum_variance() const {
  return std::numbers::pi * std::numbers::pi / 6.0 * (1.0 / (mu_ * mu_) - 1.0);
}

}  // namespace reprise
