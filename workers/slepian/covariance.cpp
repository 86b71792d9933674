#include "workers/slepian/covariance.hpp"

#include <cmath>
#include <limits>
#include <numbers>

#include "kernels/numerics/gauss_legendre.hpp"

namespace reprise::slepian {

double Covariance::log_descent(double t) const {
  const double descent = -slope(t);
  return descent > 0.0 ? std::log(descent) : -std::numeric_limits<double>::infinity();
}

double Covariance::one_minus(double t) const {
  constexpr double kNear = 0.5;
  constexpr int kNodes = 32;
  if (t * std::sqrt(second_moment()) >= kNear) return 1.0 - value(t);
  // 1 - r(t) = t * integral over x in (0, 1) of -r'(t x); x = y^4 makes powers of x that are no integers, as
  // rough covariances have, smooth enough for the rule.
  static const QuadratureRule rule = gauss_legendre(kNodes);
  double sum = 0.0;
  for (std::size_t i = 0; i < rule.node.size(); ++i) {
    const double y = rule.node[i], cube = y * y * y;
    sum -= rule.weight[i] * 4.0 * cube * slope(t * y * cube);
  }
  return t * sum;
}

std::optional<double> Covariance::clipped_inverse(double /*v*/) const {
  return std::nullopt;
}

double Covariance::mean_interval() const {
  return std::numbers::pi / std::sqrt(second_moment());
}

double Covariance::drift(double t) const {
  return -slope(t) / std::sqrt(second_moment());
}

double Covariance::conditional_variance(double t) const {
  return one_minus(t) * (1.0 + value(t));
}

double Covariance::expected_sign(double t) const {
  return t <= 0.0 ? 1.0 : drift(t) / std::sqrt(conditional_variance(t));
}

double Covariance::log_expected_sign(double t) const {
  if (t <= 0.0) return 0.0;
  return log_descent(t) - 0.5 * std::log(second_moment()) - 0.5 * std::log(conditional_variance(t));
}

}  // namespace reprise::slepian
