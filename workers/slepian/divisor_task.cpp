#include "workers/slepian/divisor_task.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "kernels/expects.hpp"
#include "kernels/numerics/roots.hpp"
#include "workers/slepian/divisor.hpp"

namespace reprise::slepian {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kExponents = 64;

/// Cubic through four neighbours of a grid of equal steps.
double interpolate(const std::vector<double>& y, double place) {
  const auto below = std::clamp(static_cast<std::size_t>(place), std::size_t{1}, y.size() - 3);
  const double x = place - static_cast<double>(below);
  return -x * (x - 1.0) * (x - 2.0) / 6.0 * y[below - 1] +
         (x + 1.0) * (x - 1.0) * (x - 2.0) / 2.0 * y[below] - (x + 1.0) * x * (x - 2.0) / 2.0 * y[below + 1] +
         (x + 1.0) * x * (x - 1.0) / 6.0 * y[below + 2];
}

}  // namespace

DivisorSums draw_divisors(const DivisorInput& input, TaskContext& context) {
  expects(input.ask.lags.empty(), "intervals that are drawn by themselves have no stretches");
  const double first = input.exponents.empty() ? 0.0 : input.exponents.front();
  const double spacing = input.exponents.size() < 2 ? 0.0
                                                    : (input.exponents.back() - first) /
                                                          static_cast<double>(input.exponents.size() - 1);
  for (std::size_t k = 0; k < input.exponents.size(); ++k)
    expects(std::abs(input.exponents[k] - first - spacing * static_cast<double>(k)) <=
                1e-12 * input.exponents.back(),
            "exponents rise in equal steps");
  const auto covariance = covariance_of(input.model);
  const Divisor divisor(*covariance);
  const IntervalQuestions questions = questions_of(input.ask, covariance->mean_interval());
  IntervalStatistics statistics(questions);
  DivisorSums sums;
  sums.draws = input.draws;
  sums.tilted.assign(input.exponents.size(), 0.0);
  sums.tilted_squares.assign(input.exponents.size(), 0.0);
  Philox random(random_key(context.seed(), context.key().high, context.key().low), 0);
  constexpr double kNever = std::numeric_limits<double>::infinity();
  for (std::uint64_t i = 0; i < input.draws; ++i) {
    const double interval = divisor.sample_interval(random);
    statistics.add_first_intervals(questions, std::span(&interval, 1), kNever);
    const double x = divisor.sample(random);
    // exp(theta_k x) for exponents in equal steps, each from the one before.
    double tilted = std::exp(first * x);
    const double growth = std::exp(spacing * x);
    for (std::size_t k = 0; k < input.exponents.size(); ++k) {
      sums.tilted[k] += tilted;
      sums.tilted_squares[k] += tilted * tilted;
      tilted *= growth;
    }
  }
  sums.intervals = sums_of(statistics);
  return sums;
}

double seconds(const DivisorInput& input) {
  constexpr double kStart = 0.1, kQuantile = 6e-8, kTilt = 1e-9;
  return kStart + static_cast<double>(input.draws) *
                      (3.0 * kQuantile + kTilt * static_cast<double>(input.exponents.size()));
}

std::vector<double> exponents_around(double root) {
  constexpr double kBelow = 0.8, kAbove = 1.2;
  std::vector<double> exponents;
  for (std::size_t k = 0; k < kExponents; ++k)
    exponents.push_back(root * (kBelow + (kAbove - kBelow) * static_cast<double>(k) / (kExponents - 1)));
  return exponents;
}

TiltedMeans::TiltedMeans(std::vector<double> exponents)
    : exponents_(std::move(exponents)), sum_(exponents_.size()), squares_(exponents_.size()) {
  expects(exponents_.size() >= 4, "a root is sought between four exponents or more");
}

void TiltedMeans::add(const DivisorSums& block) {
  draws_ += static_cast<double>(block.draws);
  for (std::size_t k = 0; k < exponents_.size(); ++k) {
    sum_[k] += block.tilted.at(k);
    squares_[k] += block.tilted_squares.at(k);
  }
}

Estimate TiltedMeans::root() const {
  constexpr double kMean = 2.0;
  if (draws_ < 2.0) return {kNone, kNone};
  std::vector<double> log_mean;
  for (const double sum : sum_) log_mean.push_back(std::log(sum / draws_));
  const double target = std::log(kMean);
  if (log_mean.front() > target || log_mean.back() < target) return {kNone, kNone};
  const double last = static_cast<double>(exponents_.size() - 1);
  const double place =
      find_root([&](double at) { return interpolate(log_mean, at) - target; }, 0.0, last, 1e-12);
  const double spacing = (exponents_.back() - exponents_.front()) / last;
  const double square = interpolate(squares_, place) / draws_;
  const double spread = std::sqrt(std::max(square - kMean * kMean, 0.0) / draws_);
  constexpr double kNear = 1e-3;
  const double growth = kMean *
                        (interpolate(log_mean, place + kNear) - interpolate(log_mean, place - kNear)) /
                        (2.0 * kNear * spacing);
  return {exponents_.front() + spacing * place, spread / growth};
}

}  // namespace reprise::slepian
