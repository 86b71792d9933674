#pragma once

#include <cmath>
#include <optional>

namespace reprise {

/// The cubic on [0, 1] with given values and derivatives at both ends.
class HermiteCubic {
 public:
  HermiteCubic(double left, double left_slope, double right, double right_slope)
      : c0_(left),
        c1_(left_slope),
        c2_(3.0 * (right - left) - 2.0 * left_slope - right_slope),
        c3_(2.0 * (left - right) + left_slope + right_slope) {}

  [[nodiscard]] double operator()(double x) const { return ((c3_ * x + c2_) * x + c1_) * x + c0_; }

  /// A root in [low, high], of which one end is positive and the other is not, by halving: to 2^-30, far
  /// below what a cubic can know of a path between its grid points.
  [[nodiscard]] double root(double low, double high) const {
    const bool positive = (*this)(low) > 0.0;
    for (int i = 0; i < 30; ++i) {
      const double middle = 0.5 * (low + high);
      ((*this)(middle) > 0.0 ? positive : !positive) ? low = middle : high = middle;
    }
    return 0.5 * (low + high);
  }

  /// For ends of one sign, `positive` or not, whose derivatives lead towards zero on the left and away on the
  /// right: where the cubic turns, if it is of the other sign there.
  [[nodiscard]] std::optional<double> turn(bool positive) const {
    // The derivative is c1 + 2 c2 x + 3 c3 x^2, and changes sign once on (0, 1).
    const double discriminant = c2_ * c2_ - 3.0 * c3_ * c1_;
    if (discriminant < 0.0) {
      return std::nullopt;
    }
    // Of its roots the one with a second derivative of the ends' sign.
    const double root = std::sqrt(discriminant);
    const double x = positive ? -c1_ / (c2_ + root) : -c1_ / (c2_ - root);
    if (!(x > 0.0 && x < 1.0) || ((*this)(x) > 0.0) == positive) {
      return std::nullopt;
    }
    return x;
  }

 private:
  double c0_, c1_, c2_, c3_;
};

}  // namespace reprise
