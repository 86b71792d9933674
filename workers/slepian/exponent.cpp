#include "workers/slepian/exponent.hpp"

#include <array>
#include <cmath>
#include <numbers>

#include "kernels/expects.hpp"
#include "kernels/numerics/roots.hpp"
#include "workers/slepian/panel_quadrature.hpp"

namespace reprise::slepian {
namespace {

constexpr double kLogNothing = -69.0;  // log of 1e-30

/// Where exp(growth t) E0(t) has fallen below 1e-30, doubling from the mean interval on.
double vanishing_time(const Covariance& covariance, double growth) {
  constexpr int kDoublings = 200;
  double t = covariance.mean_interval();
  for (int i = 0; i < kDoublings; ++i, t *= 1.25) {
    if (growth * t + covariance.log_expected_sign(t) < kLogNothing) return t;
  }
  return t;
}

/// Up to where exp(theta t) E0(t) is integrated.
double end_of(const Covariance& covariance, double theta) {
  constexpr double kDecades = 60.0;
  const double decay = covariance.decay();
  return std::isinf(decay) ? vanishing_time(covariance, theta) : kDecades / (decay - theta);
}

/// The integral of t^power exp(theta t) E0(t).
double tilted_integral(const Covariance& covariance, double theta, int power) {
  return integrate(
      [&](double t) {
        return (power == 0 ? 1.0 : t) * std::exp(theta * t + covariance.log_expected_sign(t));
      },
      end_of(covariance, theta));
}

/// The root of theta * integral = target, in (0, alpha). The left side rises where E0 >= 0.
double root_of(const Covariance& covariance, double target) {
  constexpr double kLowest = 1e-9;
  constexpr std::array kFractions{0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999, 0.9999};
  constexpr double kTolerance = 1e-15;
  constexpr int kDoublings = 60;
  const auto excess = [&](double theta) { return theta * tilted_integral(covariance, theta, 0) - target; };
  const double decay = covariance.decay();
  double high = 0.0;
  if (std::isinf(decay)) {
    high = 6.0 / covariance.mean_interval();
    for (int i = 0; i < kDoublings && excess(high) <= 0.0; ++i) high *= 2.0;
  } else {
    for (const double fraction : kFractions) {
      high = fraction * decay;
      if (excess(high) > 0.0) break;
    }
  }
  return find_root(excess, kLowest * std::min(1.0, high), high, kTolerance * high);
}

/// Exponential or faster decay of a positive E0.
bool has_exponent(const Covariance& covariance) {
  const double decay = covariance.decay();
  return !std::isnan(decay) && decay > 0.0;
}

/// integral of exp(-s t) f(t) until it has vanished.
template <class Function>
double transform(const Covariance& covariance, double s, const Function& f) {
  constexpr double kDecades = 45.0;
  double end = kDecades / s;
  if (has_exponent(covariance))
    end = std::min(end, std::isinf(covariance.decay()) ? vanishing_time(covariance, -s)
                                                       : kDecades / (covariance.decay() + s));
  return integrate([&](double t) { return std::exp(-s * t) * f(t); }, end);
}

}  // namespace

std::optional<PersistencyExponent> persistency_exponent(const Covariance& covariance) {
  if (!has_exponent(covariance)) return std::nullopt;
  const double theta = root_of(covariance, 1.0);
  return PersistencyExponent{theta, 2.0 / (1.0 + theta * theta * tilted_integral(covariance, theta, 1))};
}

std::optional<double> partial_survival_exponent(const Covariance& covariance, double survival) {
  expects(survival >= 0.0 && survival < 1.0, "a zero is survived with a probability in [0, 1)");
  if (!has_exponent(covariance)) return std::nullopt;
  // E exp(theta X) = 1 + theta * integral of exp(theta t) E0(t)
  return root_of(covariance, 2.0 / (1.0 + survival) - 1.0);
}

DivisorMoments divisor_moments(const Covariance& covariance) {
  DivisorMoments moments;
  if (has_exponent(covariance)) {
    moments.mean = tilted_integral(covariance, 0.0, 0);
    moments.second = 2.0 * tilted_integral(covariance, 0.0, 1);
    return moments;
  }
  // arcsin r falls from pi/2 to 0, whatever it does between: the mean is mu/2.
  moments.mean = 0.5 * covariance.mean_interval();
  moments.second = std::numeric_limits<double>::quiet_NaN();
  return moments;
}

double scaled_transform(const Covariance& covariance, double s) {
  return s * transform(covariance, s, [&](double t) { return covariance.expected_sign(t); });
}

double interval_transform(const Covariance& covariance, double s) {
  const double scaled = scaled_transform(covariance, s);
  return (1.0 - scaled) / (1.0 + scaled);
}

double classical_transform(const Covariance& covariance, double s) {
  const auto clipped = [&](double t) {
    // arcsin r = atan2(r, sqrt(1 - r^2)), exact near r = 1, too.
    const double r = covariance.value(t);
    return 2.0 / std::numbers::pi * std::atan2(r, std::sqrt(covariance.conditional_variance(t)));
  };
  const double scaled = 0.5 * covariance.mean_interval() * s * (1.0 - s * transform(covariance, s, clipped));
  return (1.0 - scaled) / (1.0 + scaled);
}

}  // namespace reprise::slepian
