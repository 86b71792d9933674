// Covariances in log time and Gaussian ones, whose r falls.
#include <cmath>
#include <limits>

#include "kernels/expects.hpp"
#include "workers/slepian/families.hpp"

namespace reprise::slepian {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// log sech(u), u >= 0.
double log_sech(double u) {
  if (u < 1.0) {
    const double half = std::sinh(0.5 * u);
    return -std::log1p(2.0 * half * half);
  }
  return std::log(2.0) - u - std::log1p(std::exp(-2.0 * u));
}

class Diffusion final : public Covariance {
 public:
  explicit Diffusion(double dimension) : dimension_(dimension), power_(0.5 * dimension) {}

  double value(double t) const override { return std::exp(power_ * log_sech(0.5 * t)); }
  double one_minus(double t) const override { return -std::expm1(power_ * log_sech(0.5 * t)); }
  double slope(double t) const override { return -0.5 * power_ * std::tanh(0.5 * t) * value(t); }
  double curvature(double t) const override {
    const double tanh = std::tanh(0.5 * t), sech = std::exp(log_sech(0.5 * t));
    return 0.25 * power_ * (power_ * tanh * tanh - sech * sech) * value(t);
  }
  double log_descent(double t) const override {
    return std::log(0.5 * power_ * std::tanh(0.5 * t)) + power_ * log_sech(0.5 * t);
  }
  double second_moment() const override { return 0.25 * power_; }
  double decay() const override { return 0.5 * power_; }
  double smoothness() const override { return kInfinity; }
  std::optional<double> clipped_inverse(double v) const override {
    if (dimension_ != 2.0) return std::nullopt;
    return 2.0 * std::log((1.0 + std::sqrt((1.0 - v) * (1.0 + v))) / v);
  }

 private:
  double dimension_;
  double power_;
};

class RandomAcceleration final : public Covariance {
 public:
  double value(double t) const override { return 0.5 * (3.0 * std::exp(-0.5 * t) - std::exp(-1.5 * t)); }
  double slope(double t) const override { return 0.75 * std::exp(-0.5 * t) * std::expm1(-t); }
  double curvature(double t) const override {
    return 0.375 * std::exp(-0.5 * t) - 1.125 * std::exp(-1.5 * t);
  }
  double log_descent(double t) const override { return std::log(-0.75 * std::expm1(-t)) - 0.5 * t; }
  /// 1 - r = (1 - s)^2 (2 + s)/2 with s = e^(-t/2).
  double one_minus(double t) const override {
    const double gap = -std::expm1(-0.5 * t);
    return 0.5 * gap * gap * (3.0 - gap);
  }
  double second_moment() const override { return 0.75; }
  double decay() const override { return 0.5; }
  double smoothness() const override { return 1.5; }
  std::optional<double> clipped_inverse(double v) const override {
    return std::log1p(0.75 * (1.0 - v) * (1.0 + v) / (v * v));
  }
};

/// w e^(-(a t)^2/2) + (1 - w) e^(-(b t)^2/2).
class GaussianMixture final : public Covariance {
 public:
  GaussianMixture(double weight, double fast, double slow)
      : weight_{weight, 1.0 - weight}, square_{fast * fast, slow * slow} {}

  double value(double t) const override {
    return sum([&](double square) { return std::exp(-0.5 * square * t * t); });
  }
  double one_minus(double t) const override {
    return sum([&](double square) { return -std::expm1(-0.5 * square * t * t); });
  }
  double slope(double t) const override {
    return sum([&](double square) { return -square * t * std::exp(-0.5 * square * t * t); });
  }
  double curvature(double t) const override {
    return sum(
        [&](double square) { return square * (square * t * t - 1.0) * std::exp(-0.5 * square * t * t); });
  }
  double log_descent(double t) const override {
    const double least = weight_[1] == 0.0 ? square_[0] : std::min(square_[0], square_[1]);
    const double rest =
        sum([&](double square) { return square * std::exp(-0.5 * (square - least) * t * t); });
    return std::log(t * rest) - 0.5 * least * t * t;
  }
  double second_moment() const override {
    return sum([](double square) { return square; });
  }
  double decay() const override { return kInfinity; }
  double smoothness() const override { return kInfinity; }

 private:
  template <class Term>
  double sum(const Term& term) const {
    const double first = weight_[0] * term(square_[0]);
    return weight_[1] == 0.0 ? first : first + weight_[1] * term(square_[1]);
  }

  double weight_[2];
  double square_[2];
};

class Cauchy final : public Covariance {
 public:
  explicit Cauchy(double exponent) : exponent_(exponent) {}

  double value(double t) const override { return std::exp(-exponent_ * std::log1p(t * t)); }
  double one_minus(double t) const override { return -std::expm1(-exponent_ * std::log1p(t * t)); }
  double slope(double t) const override { return -2.0 * exponent_ * t / (1.0 + t * t) * value(t); }
  double curvature(double t) const override {
    const double base = 1.0 + t * t;
    return 2.0 * exponent_ * value(t) / base * (2.0 * (exponent_ + 1.0) * t * t / base - 1.0);
  }
  double second_moment() const override { return 2.0 * exponent_; }
  double decay() const override { return 0.0; }
  double smoothness() const override { return kInfinity; }

 private:
  double exponent_;
};

class Wendland final : public Covariance {
 public:
  double value(double t) const override {
    if (t >= 1.0) return 0.0;
    const double square = (1.0 - t) * (1.0 - t);
    return square * square * (1.0 + 4.0 * t);
  }
  double slope(double t) const override {
    return t >= 1.0 ? 0.0 : -20.0 * t * (1.0 - t) * (1.0 - t) * (1.0 - t);
  }
  double curvature(double t) const override {
    return t >= 1.0 ? 0.0 : -20.0 * (1.0 - t) * (1.0 - t) * (1.0 - 4.0 * t);
  }
  double one_minus(double t) const override {
    if (t >= 1.0) return 1.0;
    return t * t * (10.0 + t * (-20.0 + t * (15.0 - 4.0 * t)));
  }
  double second_moment() const override { return 20.0; }
  double decay() const override { return kInfinity; }
  double smoothness() const override { return 1.5; }
};

}  // namespace

std::unique_ptr<const Covariance> diffusion_covariance(double dimension) {
  expects(dimension > 0.0, "a diffusing field has a dimension above 0");
  return std::make_unique<Diffusion>(dimension);
}

std::unique_ptr<const Covariance> acceleration_covariance() {
  return std::make_unique<RandomAcceleration>();
}

std::unique_ptr<const Covariance> mixture_covariance(double weight, double fast, double slow) {
  expects(weight > 0.0 && weight <= 1.0, "the weight of a mixture lies in (0, 1]");
  expects(fast > 0.0 && slow > 0.0, "rates of a mixture are positive");
  return std::make_unique<GaussianMixture>(weight, fast, slow);
}

std::unique_ptr<const Covariance> cauchy_covariance(double exponent) {
  expects(exponent > 0.0, "the exponent of a Cauchy covariance is positive");
  return std::make_unique<Cauchy>(exponent);
}

std::unique_ptr<const Covariance> wendland_covariance() {
  return std::make_unique<Wendland>();
}

}  // namespace reprise::slepian
