#include <cmath>
#include <limits>

#include "kernels/expects.hpp"
#include "kernels/numerics/bessel.hpp"
#include "workers/slepian/families.hpp"

namespace reprise::slepian {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// x^power K_order(x) to within a factor, in logarithms.
double log_power_bessel(double power, double order, double x) {
  return power * std::log(x) + log_bessel_k(order, x);
}

/// R(t) = 2^(1-nu)/Gamma(nu) x^nu K_nu(x), x = rate t. d/dx (x^nu K_nu) = -x^nu K_(nu-1).
class Matern final : public Covariance {
 public:
  Matern(double smoothness, double rate)
      : smoothness_(smoothness),
        rate_(rate),
        log_scale_((1.0 - smoothness) * std::log(2.0) - std::lgamma(smoothness)) {}

  double value(double t) const override {
    return t <= 0.0 ? 1.0 : std::exp(log_scale_ + log_power_bessel(smoothness_, smoothness_, rate_ * t));
  }
  double slope(double t) const override { return t <= 0.0 ? 0.0 : -std::exp(log_descent(t)); }
  double log_descent(double t) const override {
    return std::log(rate_) + log_scale_ + log_power_bessel(smoothness_, smoothness_ - 1.0, rate_ * t);
  }
  double curvature(double t) const override {
    if (t <= 0.0) return -second_moment();
    const double x = rate_ * t;
    const double first = std::exp(log_scale_ + log_power_bessel(smoothness_ - 1.0, smoothness_ - 1.0, x));
    const double second =
        std::exp(log_scale_ + log_power_bessel(smoothness_, std::abs(smoothness_ - 2.0), x));
    return rate_ * rate_ * (second - first);
  }
  double second_moment() const override { return 0.5 * rate_ * rate_ / (smoothness_ - 1.0); }
  double decay() const override { return rate_; }
  double smoothness() const override { return smoothness_; }

 private:
  double smoothness_;
  double rate_;
  double log_scale_;
};

/// R(y)/R(delta), y = sqrt(t^2 + delta^2), R(y) = y^nu K_nu(y).
class RadialShift final : public Covariance {
 public:
  RadialShift(double smoothness, double shift)
      : smoothness_(smoothness),
        shift_(shift),
        log_scale_(-log_power_bessel(smoothness, smoothness, shift)) {}

  double value(double t) const override { return scaled(smoothness_, smoothness_, std::hypot(t, shift_)); }
  double slope(double t) const override { return t <= 0.0 ? 0.0 : -std::exp(log_descent(t)); }
  double log_descent(double t) const override {
    return std::log(t) + log_scale_ +
           log_power_bessel(smoothness_ - 1.0, std::abs(smoothness_ - 1.0), std::hypot(t, shift_));
  }
  double curvature(double t) const override {
    const double y = std::hypot(t, shift_);
    return t * t * scaled(smoothness_ - 2.0, std::abs(smoothness_ - 2.0), y) -
           scaled(smoothness_ - 1.0, std::abs(smoothness_ - 1.0), y);
  }
  double second_moment() const override {
    return scaled(smoothness_ - 1.0, std::abs(smoothness_ - 1.0), shift_);
  }
  double decay() const override { return 1.0; }
  double smoothness() const override { return kInfinity; }

 private:
  double scaled(double power, double order, double y) const {
    return std::exp(log_scale_ + log_power_bessel(power, order, y));
  }

  double smoothness_;
  double shift_;
  double log_scale_;
};

/// R(t) cos(omega t).
class SpectralShift final : public Covariance {
 public:
  SpectralShift(double smoothness, double frequency) : base_(smoothness, 1.0), frequency_(frequency) {}

  double value(double t) const override { return base_.value(t) * std::cos(frequency_ * t); }
  double slope(double t) const override {
    return base_.slope(t) * std::cos(frequency_ * t) - frequency_ * base_.value(t) * std::sin(frequency_ * t);
  }
  double curvature(double t) const override {
    return (base_.curvature(t) - frequency_ * frequency_ * base_.value(t)) * std::cos(frequency_ * t) -
           2.0 * frequency_ * base_.slope(t) * std::sin(frequency_ * t);
  }
  double second_moment() const override { return base_.second_moment() + frequency_ * frequency_; }
  double decay() const override { return std::numeric_limits<double>::quiet_NaN(); }
  double smoothness() const override { return base_.smoothness(); }

 private:
  Matern base_;
  double frequency_;
};

/// (2 R(t) + R(t - delta) + R(t + delta))/(2 + 2 R(delta)).
class LagAverage final : public Covariance {
 public:
  LagAverage(double smoothness, double shift)
      : base_(smoothness, 1.0), shift_(shift), scale_(1.0 / (2.0 + 2.0 * base_.value(shift))) {}

  double value(double t) const override {
    return scale_ * (2.0 * base_.value(t) + base_.value(std::abs(t - shift_)) + base_.value(t + shift_));
  }
  double slope(double t) const override {
    const double before = t - shift_;
    const double towards = before < 0.0 ? -base_.slope(-before) : base_.slope(before);
    return scale_ * (2.0 * base_.slope(t) + towards + base_.slope(t + shift_));
  }
  /// R has a kink of its smoothness at 0, so this has one at delta.
  double one_minus(double t) const override { return t < shift_ ? Covariance::one_minus(t) : 1.0 - value(t); }
  double curvature(double t) const override {
    return scale_ *
           (2.0 * base_.curvature(t) + base_.curvature(std::abs(t - shift_)) + base_.curvature(t + shift_));
  }
  double second_moment() const override {
    return scale_ * (2.0 * base_.second_moment() - 2.0 * base_.curvature(shift_));
  }
  double decay() const override { return base_.decay(); }
  double smoothness() const override { return base_.smoothness(); }

 private:
  Matern base_;
  double shift_;
  double scale_;
};

}  // namespace

std::unique_ptr<const Covariance> matern_covariance(double smoothness, double length) {
  expects(smoothness > 1.0, "a Matern process has a derivative only for a smoothness above 1");
  expects(length > 0.0, "a Matern covariance has a positive length");
  return std::make_unique<Matern>(smoothness, std::sqrt(2.0 * smoothness) / length);
}

std::unique_ptr<const Covariance> shifted_matern_covariance(double smoothness, double shift,
                                                            ShiftReading reading) {
  expects(smoothness > 0.0 && shift > 0.0, "smoothness and shift of a shifted Matern are positive");
  if (reading == ShiftReading::radial) return std::make_unique<RadialShift>(smoothness, shift);
  expects(smoothness > 1.0, "only the radial reading of a shifted Matern has a derivative at nu <= 1");
  if (reading == ShiftReading::spectral) return std::make_unique<SpectralShift>(smoothness, shift);
  return std::make_unique<LagAverage>(smoothness, shift);
}

}  // namespace reprise::slepian
