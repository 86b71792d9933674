#pragma once

#include <vector>

#include "kernels/random/philox.hpp"
#include "workers/slepian/covariance.hpp"

namespace reprise::slepian {

/// The 2-geometric divisor X of the interval T (spec 2.3, 2.6): P(X <= t) = 1 - E0(t), and T = X_1 + ... +
/// X_N, N geometric on {1, 2, ...} with success probability 1/2. For covariances whose E0 never rises.
class Divisor {
 public:
  /// Tabulates the inverse of E0 where it has no closed form. `covariance` must outlive this.
  explicit Divisor(const Covariance& covariance);

  /// t with E0(t) = v, 0 < v < 1, to rounding.
  [[nodiscard]] double quantile(double v) const;
  /// A draw of X: the closed form, or the table's cubic interpolation, good to 1e-8 of it and 1e-10
  /// mean intervals.
  [[nodiscard]] double sample(Philox& random) const;
  /// A draw of T.
  [[nodiscard]] double sample_interval(Philox& random) const;

 private:
  [[nodiscard]] double invert(double v, double low, double high) const;
  /// A time beyond that of v, which lies at `low` or later.
  [[nodiscard]] double beyond(double v, double low) const;

  const Covariance* covariance_;
  bool closed_ = false;
  std::vector<double>
      time_;  ///< at equal steps of w = sqrt(-log v) from 0 on, in which t is smooth at both ends
  double step_ = 0.0;
};

}  // namespace reprise::slepian
