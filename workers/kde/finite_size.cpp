#include "workers/kde/finite_size.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <span>

#include "kernels/expects.hpp"
#include "kernels/numerics/exponential_sums.hpp"

namespace reprise::kde {
namespace {

// 1 - e^-x: below the first its series to fourth order is exact to 1e-10, above the second it is 1.
const double kSeriesBelow = std::log(0.01);
const double kOneAbove = std::log(40.0);
constexpr double kLargest = 700.0;

/// n times E[1 - e^-x] and E[x^2 e^-x], x = e^tau w, at falling tau. Nodes whose x is small enter through the
/// moments n E[x^k], which are carried along: as tau falls they shrink by e^(-k dtau) and further nodes join,
/// so nothing cancels. Nodes with large x enter through their total mass. Exponentials are left for those
/// between.
class DepletionSweep {
 public:
  DepletionSweep(const DistanceLaw& law, double log_points, double beta) {
    const std::size_t size = law.values().size();
    log_weight_.reserve(size);
    log_count_.reserve(size);
    count_.reserve(size);
    count_before_.reserve(size + 1);
    count_before_.push_back(0.0);
    for (std::size_t i = 0; i < size; ++i) {
      log_weight_.push_back(-beta * law.values()[i]);
      log_count_.push_back(log_points + law.log_masses()[i]);
      count_.push_back(std::exp(std::min(log_count_[i], kLargest)));
      count_before_.push_back(count_before_[i] + count_[i]);
    }
    small_from_ = size;
  }

  DepletionSums at(double tau, double step_down) {
    for (std::size_t k = 0; k < kOrders; ++k) {
      moment_[k] *= std::exp(-static_cast<double>(k + 1) * step_down);
    }
    while (small_from_ > 0 && tau + log_weight_[small_from_ - 1] < kSeriesBelow) {
      --small_from_;
      const double log_x = tau + log_weight_[small_from_];
      for (std::size_t k = 0; k < kOrders; ++k) {
        const double exponent = log_count_[small_from_] + static_cast<double>(k + 1) * log_x;
        moment_[k] += std::exp(std::min(exponent, kLargest));
      }
    }
    const auto end = log_weight_.begin() + static_cast<std::ptrdiff_t>(small_from_);
    const auto first = std::partition_point(log_weight_.begin(), end,
                                            [tau](double log_w) { return tau + log_w > kOneAbove; });
    const auto from = static_cast<std::size_t>(first - log_weight_.begin());
    const std::size_t between = small_from_ - from;
    DepletionSums sums = depletion_sums(std::span(log_weight_).subspan(from, between),
                                        std::span(count_).subspan(from, between), tau);
    sums.depletion +=
        count_before_[from] + moment_[0] - moment_[1] / 2.0 + moment_[2] / 6.0 - moment_[3] / 24.0;
    sums.pairs += moment_[1] - moment_[2] + moment_[3] / 2.0;
    return sums;
  }

 private:
  static constexpr std::size_t kOrders = 4;

  std::vector<double> log_weight_;    // log w, falling
  std::vector<double> log_count_;     // log n p
  std::vector<double> count_;         // n p
  std::vector<double> count_before_;  // sums of n p
  std::size_t small_from_;
  std::array<double, kOrders> moment_{};
};

}  // namespace

FiniteSizeSum::FiniteSizeSum(const DistanceLaw& law, double log_points, double bandwidth)
    : dim_(law.dim()), log_points_(log_points), bandwidth_(bandwidth) {
  expects(log_points > 0.0, "a kernel sum needs more than one point");
  expects(bandwidth > 0.0 && std::isfinite(bandwidth), "a bandwidth is above 0");
  tabulate(law);
  integrate();
}

void FiniteSizeSum::tabulate(const DistanceLaw& law) {
  const double beta = 1.0 / (bandwidth_ * bandwidth_);
  const double mean_exponent = log_points_ + law.log_mean_weight(beta);
  const double edge = law.quantile(std::log(1e-4) - log_points_);
  const double far = law.quantile(std::min(std::log(0.5), std::log(40.0) - log_points_));
  first_ = std::min(beta * edge - 10.0, -mean_exponent - 25.0);
  const double last = std::max(beta * far, -mean_exponent) + 12.0;
  survival_.resize(static_cast<std::size_t>(std::max(3000.0, 10.0 * (last - first_))));
  pairs_.resize(survival_.size());
  step_ = (last - first_) / static_cast<double>(survival_.size() - 1);

  DepletionSweep sweep(law, log_points_, beta);
  for (std::size_t j = survival_.size(); j-- > 0;) {
    const DepletionSums sums = sweep.at(first_ + static_cast<double>(j) * step_, step_);
    // n log(1 - M) from n M: M may be far below the least double.
    const double m = std::min(sums.depletion * std::exp(-log_points_), 1.0 - 1e-15);
    const double log_survival =
        m > 1e-8 ? sums.depletion * (std::log1p(-m) / m) : -sums.depletion * (1.0 + 0.5 * m);
    survival_[j] = std::exp(log_survival);
    pairs_[j] = survival_[j] > 0.0 ? sums.pairs * survival_[j] / (1.0 - m) : 0.0;
  }
}

void FiniteSizeSum::integrate() {
  std::size_t middle = 0;
  for (std::size_t j = 0; j < survival_.size(); ++j) {
    if (std::abs(survival_[j] - 0.5) < std::abs(survival_[middle] - 0.5)) {
      middle = j;
    }
  }
  double m1 = 0.0;
  double m2 = 0.0;
  double pairs = 0.0;
  for (std::size_t j = 0; j < survival_.size(); ++j) {
    const double step_function = j < middle ? 1.0 : (j == middle ? 0.5 : 0.0);
    const double offset = (static_cast<double>(j) - static_cast<double>(middle)) * step_;
    m1 += (survival_[j] - step_function) * step_;
    m2 += 2.0 * offset * (survival_[j] - step_function) * step_;
    pairs += pairs_[j] * step_;
  }
  const double mean_time = first_ + static_cast<double>(middle) * step_ + m1;
  mean_ = -std::numbers::egamma - mean_time;
  variance_ = std::max(0.0, m2 - m1 * m1 - std::numbers::pi * std::numbers::pi / 6.0);
  participation_ = pairs;
}

double FiniteSizeSum::mean_log_density() const {
  return mean_ - log_points_ - 0.5 * dim_ * std::log(2.0 * std::numbers::pi * bandwidth_ * bandwidth_);
}

double FiniteSizeSum::own_weight(double half_squared_distance) const {
  const double log_own = -half_squared_distance / (bandwidth_ * bandwidth_);
  const auto x_at = [&](double tau) { return std::exp(std::min(tau + log_own, kLargest)); };
  // Before the grid L = 1: the integral of x e^-x dtau is 1 - e^-x.
  double weight = -std::expm1(-x_at(first_ - 0.5 * step_));
  for (std::size_t j = 0; j < survival_.size(); ++j) {
    const double x = x_at(first_ + static_cast<double>(j) * step_);
    weight += x * std::exp(-x) * survival_[j] * step_;
  }
  return weight;
}

}  // namespace reprise::kde
