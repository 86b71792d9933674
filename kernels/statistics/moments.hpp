#pragma once

#include <cstdint>
#include <span>

namespace reprise {

/// Running mean and variance (Welford), mergeable (Chan, Golub and LeVeque, 1983). Merge in a fixed order for
/// the same bits.
class RunningMoments {
 public:
  void add(double x);
  void merge(const RunningMoments& other);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] double mean() const { return mean_; }
  /// Unbiased; 0 for fewer than two values.
  [[nodiscard]] double variance() const;
  /// Of the mean; 0 for fewer than two values.
  [[nodiscard]] double standard_error() const;

 private:
  std::uint64_t count_ = 0;
  double mean_ = 0.0;
  double squares_ = 0.0;
};

struct Estimate {
  double value = 0.0;
  double standard_error = 0.0;
};

/// Mean of independent values and its standard error.
[[nodiscard]] Estimate mean_with_error(std::span<const double> values);

/// Unbiased variance of independent values; its standard error from their fourth central moment. At least
/// four values.
[[nodiscard]] Estimate variance_with_error(std::span<const double> values);

/// Third standardised moment.
[[nodiscard]] double skewness(std::span<const double> values);

}  // namespace reprise
