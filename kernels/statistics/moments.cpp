#include "kernels/statistics/moments.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/expects.hpp"

namespace reprise {

void RunningMoments::add(double x) {
  ++count_;
  const double step = x - mean_;
  mean_ += step / static_cast<double>(count_);
  squares_ += step * (x - mean_);
}

void RunningMoments::merge(const RunningMoments& other) {
  if (other.count_ == 0) {
    return;
  }
  const auto mine = static_cast<double>(count_);
  const auto theirs = static_cast<double>(other.count_);
  const double step = other.mean_ - mean_;
  squares_ += other.squares_ + step * step * mine * theirs / (mine + theirs);
  mean_ += step * theirs / (mine + theirs);
  count_ += other.count_;
}

double RunningMoments::variance() const {
  return count_ < 2 ? 0.0 : squares_ / static_cast<double>(count_ - 1);
}

double RunningMoments::standard_error() const {
  return count_ < 2 ? 0.0 : std::sqrt(variance() / static_cast<double>(count_));
}

Estimate mean_with_error(std::span<const double> values) {
  expects(!values.empty(), "a mean needs at least one value");
  RunningMoments moments;
  for (const double x : values) {
    moments.add(x);
  }
  return {moments.mean(), moments.standard_error()};
}

Estimate variance_with_error(std::span<const double> values) {
  expects(values.size() > 3, "the error of a variance needs at least four values");
  RunningMoments moments;
  for (const double x : values) moments.add(x);
  double fourth = 0.0;
  for (const double x : values) fourth += std::pow(x - moments.mean(), 4);
  const auto n = static_cast<double>(values.size());
  const double variance = moments.variance();
  const double spread = fourth / n - variance * variance * (n - 3.0) / (n - 1.0);
  return {variance, std::sqrt(std::max(0.0, spread) / n)};
}

double skewness(std::span<const double> values) {
  expects(values.size() > 2, "a skewness needs at least three values");
  const double mean = mean_with_error(values).value;
  double second = 0.0;
  double third = 0.0;
  for (const double x : values) {
    const double c = x - mean;
    second += c * c;
    third += c * c * c;
  }
  const auto n = static_cast<double>(values.size());
  return (third / n) / std::pow(second / n, 1.5);
}

}  // namespace reprise
