#pragma once

#include <memory>
#include <optional>

#include "workers/slepian/model.hpp"

namespace reprise::slepian {

/// A stationary covariance r(t), t >= 0, of unit variance, twice differentiable at 0. All functions keep
/// their relative accuracy near t = 0, where 1 - r, r' and 1 - E0 vanish.
class Covariance {
 public:
  Covariance() = default;
  Covariance(const Covariance&) = delete;
  Covariance& operator=(const Covariance&) = delete;
  virtual ~Covariance() = default;

  [[nodiscard]] virtual double value(double t) const = 0;      ///< r(t)
  [[nodiscard]] virtual double slope(double t) const = 0;      ///< r'(t)
  [[nodiscard]] virtual double curvature(double t) const = 0;  ///< r''(t)
  /// log(-r'(t)) where r' < 0, beyond the underflow of r', too.
  [[nodiscard]] virtual double log_descent(double t) const;
  /// 1 - r(t) without cancellation.
  [[nodiscard]] virtual double one_minus(double t) const;
  /// lambda_2 = -r''(0).
  [[nodiscard]] virtual double second_moment() const = 0;
  /// alpha: E0 decays like exp(-alpha t) up to a power of t; infinite when faster, 0 when slower, NaN for
  /// oscillating covariances.
  [[nodiscard]] virtual double decay() const = 0;
  /// nu_s: r is an even analytic function plus a multiple of |t|^(2 nu_s); infinite when analytic.
  [[nodiscard]] virtual double smoothness() const = 0;
  /// t with E0(t) = v, where that has a closed form. 0 < v < 1.
  [[nodiscard]] virtual std::optional<double> clipped_inverse(double v) const;

  /// mu = pi / sqrt(lambda_2), the mean time between zero crossings (Rice).
  [[nodiscard]] double mean_interval() const;
  /// a(t) = -r'(t) / sqrt(lambda_2), the drift of the Slepian process after an up-crossing.
  [[nodiscard]] double drift(double t) const;
  /// 1 - r(t)^2.
  [[nodiscard]] double conditional_variance(double t) const;
  /// E0(t) = a(t) / sqrt(1 - r(t)^2), the expected sign of the Slepian process (spec 2.3).
  [[nodiscard]] double expected_sign(double t) const;
  /// log E0(t) where E0 > 0, beyond its underflow, too; -infinity where E0 <= 0.
  [[nodiscard]] double log_expected_sign(double t) const;
};

/// Throws std::invalid_argument for parameters out of a family's range.
[[nodiscard]] std::unique_ptr<const Covariance> covariance_of(const Model& model);

}  // namespace reprise::slepian
