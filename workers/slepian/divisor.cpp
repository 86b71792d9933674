#include "workers/slepian/divisor.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/random/distributions.hpp"

namespace reprise::slepian {
namespace {

constexpr std::size_t kKnots = 4096;
constexpr double kLowestLog = -38.0;  // uniforms are 2^-54 or more

}  // namespace

Divisor::Divisor(const Covariance& covariance)
    : covariance_(&covariance), closed_(covariance.clipped_inverse(0.5).has_value()) {
  if (closed_) return;
  step_ = std::sqrt(-kLowestLog) / static_cast<double>(kKnots - 1);
  time_.push_back(0.0);
  for (std::size_t k = 1; k < kKnots; ++k) {
    const double w = step_ * static_cast<double>(k), v = std::exp(-w * w);
    time_.push_back(invert(v, time_.back(), beyond(v, time_.back())));
  }
}

double Divisor::beyond(double v, double low) const {
  constexpr double kFirst = 1e-3, kFurther = 1.05;
  double high = std::max(kFurther * low, kFirst * covariance_->mean_interval());
  while (covariance_->expected_sign(high) > v) high *= 2.0;
  return high;
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
  const auto below = static_cast<std::size_t>(std::sqrt(-std::log(v)) / step_);
  if (below + 1 < kKnots) return invert(v, time_[below], time_[below + 1]);
  return invert(v, time_.back(), beyond(v, time_.back()));
}

double Divisor::sample(Philox& random) const {
  const double v = uniform(random);
  if (closed_) return *covariance_->clipped_inverse(v);
  const double place = std::sqrt(-std::log(v)) / step_;
  const auto below = std::clamp(static_cast<std::size_t>(place), std::size_t{1}, kKnots - 3);
  const double x = place - static_cast<double>(below);
  const double* t = time_.data() + below;
  return x * (x - 1.0) * ((x + 1.0) * t[2] - (x - 2.0) * t[-1]) / 6.0 +
         (x + 1.0) * (x - 2.0) * ((x - 1.0) * t[0] - x * t[1]) / 2.0;
}

double Divisor::sample_interval(Philox& random) const {
  double sum = sample(random);
  while ((random() & 1U) != 0) sum += sample(random);
  return sum;
}

}  // namespace reprise::slepian
