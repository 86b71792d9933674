// Covariances that change sign.
#include <boost/math/special_functions/bessel.hpp>
#include <cmath>
#include <limits>

#include "kernels/expects.hpp"
#include "workers/slepian/families.hpp"

namespace reprise::slepian {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

class GaussianCosine final : public Covariance {
 public:
  explicit GaussianCosine(double frequency) : frequency_(frequency) {}

  double value(double t) const override { return std::exp(-0.5 * t * t) * std::cos(frequency_ * t); }
  double slope(double t) const override {
    const double angle = frequency_ * t;
    return -std::exp(-0.5 * t * t) * (t * std::cos(angle) + frequency_ * std::sin(angle));
  }
  double curvature(double t) const override {
    const double angle = frequency_ * t;
    return std::exp(-0.5 * t * t) * ((t * t - 1.0 - frequency_ * frequency_) * std::cos(angle) +
                                     2.0 * t * frequency_ * std::sin(angle));
  }
  double second_moment() const override { return 1.0 + frequency_ * frequency_; }
  double decay() const override { return kNone; }
  double smoothness() const override { return kInfinity; }

 private:
  double frequency_;
};

class DampedOscillator final : public Covariance {
 public:
  explicit DampedOscillator(double damping)
      : damping_(damping), frequency_(std::sqrt((1.0 - damping) * (1.0 + damping))) {}

  double value(double t) const override {
    const double angle = frequency_ * t;
    return std::exp(-damping_ * t) * (std::cos(angle) + damping_ / frequency_ * std::sin(angle));
  }
  double slope(double t) const override {
    return -std::exp(-damping_ * t) * std::sin(frequency_ * t) / frequency_;
  }
  double curvature(double t) const override {
    const double angle = frequency_ * t;
    return std::exp(-damping_ * t) * (damping_ / frequency_ * std::sin(angle) - std::cos(angle));
  }
  double second_moment() const override { return 1.0; }
  double decay() const override { return kNone; }
  double smoothness() const override { return 1.5; }

 private:
  double damping_;
  double frequency_;
};

class Sinc final : public Covariance {
 public:
  double value(double t) const override { return boost::math::sph_bessel(0, t); }
  double slope(double t) const override { return -boost::math::sph_bessel(1, t); }
  double curvature(double t) const override {
    if (t == 0.0) return -1.0 / 3.0;
    return 2.0 * boost::math::sph_bessel(1, t) / t - value(t);
  }
  double second_moment() const override { return 1.0 / 3.0; }
  double decay() const override { return kNone; }
  double smoothness() const override { return kInfinity; }
};

}  // namespace

std::unique_ptr<const Covariance> cosine_covariance(double frequency) {
  expects(frequency > 0.0, "the frequency of a Gaussian times a cosine is positive");
  return std::make_unique<GaussianCosine>(frequency);
}

std::unique_ptr<const Covariance> oscillator_covariance(double damping) {
  expects(damping > 0.0 && damping < 1.0, "the damping of an oscillator lies in (0, 1)");
  return std::make_unique<DampedOscillator>(damping);
}

std::unique_ptr<const Covariance> sinc_covariance() {
  return std::make_unique<Sinc>();
}

}  // namespace reprise::slepian
