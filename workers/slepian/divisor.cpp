#include "workers/slepian/divisor.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/random/distributions.hpp"

namespace reprise::slepian {
namespace {

constexpr std::size_t kKnots = 4096;
constexpr double kLowestLog = -34.0;  // beyond draws of 53 bits, but 2^-53 itself

}  // namespace

Divisor::Divisor(const Covariance& covariance)
    : covariance_(&covariance), closed_(covariance.clipped_inverse(0.5).has_value()) {
  if (closed_) return;
  // Knots at log v = -step, -2 step, ...; between 0 and the first t goes like a root, so that is inverted.
  step_ = -kLowestLog / static_cast<double>(kKnots);
  highest_log_ = -step_;
  time_.reserve(kKnots);
  double low = 0.0;
  for (std::size_t k = 0; k < kKnots; ++k) {
    const double v = std::exp(highest_log_ - step_ * static_cast<double>(k));
    double high = std::max(2.0 * low, 1e-3 * covariance.mean_interval());
    while (covariance.expected_sign(high) > v) high *= 2.0;
    low = invert(v, low, high);
    time_.push_back(low);
  }
}

double Divisor::invert(double v, double low, double high) const {
  // Secant steps on log E0, near linear where E0 decays exponentially, kept in the bracket (Illinois rule).
  constexpr int kSteps = 200;
  constexpr double kClose = 4e-16;
  const double target = std::log(v);
  double f_low = low <= 0.0 ? -target : covariance_->log_expected_sign(low) - target;
  double f_high = covariance_->log_expected_sign(high) - target;
  if (std::isinf(f_high)) f_high = -1.0;
  int side = 0;
  double t = low;
  for (int i = 0; i < kSteps && high - low > kClose * high; ++i) {
    t = (f_low * high - f_high * low) / (f_low - f_high);
    if (!(t > low && t < high) || i % 8 == 7) t = 0.5 * (low + high);
    double f = covariance_->log_expected_sign(t) - target;
    if (f == 0.0) return t;
    if (std::isinf(f)) f = -1.0;
    if (f > 0.0) {
      low = t;
      f_low = f;
      if (side == 1) f_high *= 0.5;
      side = 1;
    } else {
      high = t;
      f_high = f;
      if (side == -1) f_low *= 0.5;
      side = -1;
    }
  }
  return t;
}

double Divisor::quantile(double v) const {
  if (closed_) return *covariance_->clipped_inverse(v);
  const double place = (highest_log_ - std::log(v)) / step_;
  if (place <= 0.0) return invert(v, 0.0, time_.front());
  const auto below = std::min(static_cast<std::size_t>(place), kKnots - 2);
  if (place > static_cast<double>(kKnots - 1)) {
    double high = 2.0 * time_.back();
    while (covariance_->expected_sign(high) > v) high *= 2.0;
    return invert(v, time_.back(), high);
  }
  return invert(v, time_[below], time_[below + 1]);
}

double Divisor::sample(Philox& random) const {
  return quantile(uniform(random));
}

double Divisor::sample_interval(Philox& random) const {
  double sum = sample(random);
  while ((random() & 1U) != 0) sum += sample(random);
  return sum;
}

}  // namespace reprise::slepian
