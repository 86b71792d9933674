#include "workers/kde/top_k_sampler.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "kernels/expects.hpp"
#include "kernels/numerics/exponential_sums.hpp"
#include "kernels/random/blocks.hpp"
#include "kernels/random/distributions.hpp"

namespace reprise::kde {
namespace {

constexpr std::uint64_t kCounts = 1;  // derived keys: how many points, which points
constexpr std::uint64_t kPoints = 2;
constexpr double kPoissonBelow = 0.01;
constexpr double kFar = 1e300;

}  // namespace

TopKSampler::TopKSampler(DistanceLaw law, double log_points, double expected_nearest)
    : law_(std::move(law)),
      log_points_(log_points),
      log_fraction_(std::min(std::log(expected_nearest) - log_points, std::log(0.3))) {
  expects(log_points > 0.0, "a data set needs more than one point");
  expects(expected_nearest >= 1.0 && expected_nearest <= 1e7, "between 1 and 1e7 nearest points are kept");
  for (const double q : law_.values()) {
    log_q_.push_back(std::log(q));
  }
}

double TopKSampler::value_at(double log_probability) const {
  const std::vector<double>& log_cdf = law_.log_distribution();
  const auto above = std::ranges::lower_bound(log_cdf, log_probability);
  if (above == log_cdf.begin()) {
    return law_.values().front();
  }
  const auto i = static_cast<std::size_t>(above - log_cdf.begin());
  const double fraction = (log_probability - log_cdf[i - 1]) / (log_cdf[i] - log_cdf[i - 1]);
  return std::exp(log_q_[i - 1] + fraction * (log_q_[i] - log_q_[i - 1]));
}

NearestPoints TopKSampler::draw(RandomKey key, std::uint64_t data_set) const {
  Philox random(derive(key, kCounts), data_set);
  const double mean = std::exp(log_points_ + log_fraction_);
  const std::uint64_t count =
      log_fraction_ < std::log(kPoissonBelow)
          ? poisson(random, mean)
          : binomial(random, static_cast<std::uint64_t>(std::llround(std::exp(log_points_))),
                     std::exp(log_fraction_));
  NearestPoints points;
  points.bulk_normal = normal(random);
  points.half_squared_distance.resize(count);
  fill_uniform({derive(key, kPoints), 0, data_set, 1, count}, points.half_squared_distance);
  for (double& value : points.half_squared_distance) {
    value = value_at(log_fraction_ + std::log(value));
  }
  return points;
}

std::vector<double> nearest_squared_distances(const NearestPoints& points, std::size_t k) {
  std::vector<double> nearest(std::min(k, points.half_squared_distance.size()));
  std::ranges::partial_sort_copy(points.half_squared_distance, nearest);
  for (double& value : nearest) {
    value *= 2.0;
  }
  return nearest;
}

TopKSum::TopKSum(const TopKSampler& sampler, double bandwidth, RadialKernel kernel)
    : dim_(sampler.law().dim()),
      bandwidth_(bandwidth),
      kernel_(kernel),
      origin_(0.0),
      expected_near_(0.0),
      bulk_mean_(0.0),
      bulk_squares_(0.0),
      mean_count_(std::exp(sampler.log_points() + sampler.log_fraction())),
      far_count_(std::exp(sampler.log_points()) * -std::expm1(sampler.log_fraction())) {
  expects(bandwidth > 0.0 && std::isfinite(bandwidth), "a bandwidth is above 0");
  const DistanceLaw& law = sampler.law();
  origin_ = exponent(law.quantile(-sampler.log_points()));
  if (origin_ >= kFar) {  // outside of the top hat, whose weights are one within
    origin_ = 0.0;
  }
  double below = 0.0;  // P(Q < node)/p_0, which ends the near part at 1 within a cell
  for (std::size_t i = 0; i < law.values().size(); ++i) {
    const double beyond = exponent(law.values()[i]) - origin_;
    const double log_count = sampler.log_points() + law.log_masses()[i];
    const double share = std::exp(std::min(law.log_masses()[i] - sampler.log_fraction(), 700.0));
    const double near = std::clamp((1.0 - below) / share, 0.0, 1.0);
    below += share;
    if (beyond >= kFar) {
      continue;
    }
    const double weight = std::exp(std::min(log_count - beyond, 700.0));
    expected_near_ += near * weight;
    bulk_mean_ += (1.0 - near) * weight;
    bulk_squares_ += (1.0 - near) * std::exp(std::min(log_count - 2.0 * beyond, 700.0));
  }
}

double TopKSum::exponent(double half_squared_distance) const {
  return std::min(-kernel_.log_weight(half_squared_distance, dim_, bandwidth_), kFar);
}

SampledSum TopKSum::operator()(const NearestPoints& points) const {
  const bool gaussian = kernel_.shape == KernelShape::gaussian;
  WeightSums near;
  double least = kFar;
  if (gaussian) {
    const double h2 = bandwidth_ * bandwidth_;
    near = weight_sums(points.half_squared_distance, origin_ * h2, 1.0 / h2);
    if (!points.half_squared_distance.empty()) {
      least = std::ranges::min(points.half_squared_distance) / h2;
    }
  } else {
    std::vector<double> exponents;
    exponents.reserve(points.half_squared_distance.size());
    for (const double q : points.half_squared_distance) {
      exponents.push_back(exponent(q));
    }
    near = weight_sums(exponents, origin_, 1.0);
    if (!exponents.empty()) {
      least = std::ranges::min(exponents);
    }
  }
  // The more points are near, the fewer are left for the rest, whose sum has the variance of so many draws.
  const double excess_near =
      (static_cast<double>(points.half_squared_distance.size()) - mean_count_) / far_count_;
  const double shift = -excess_near * bulk_mean_;
  const double bulk_squares = (1.0 - excess_near) * bulk_squares_;
  const double variance = bulk_squares - (1.0 - excess_near) * bulk_mean_ * (bulk_mean_ / far_count_);
  const double noise = shift + std::sqrt(std::max(0.0, variance)) * points.bulk_normal;
  const double sum = near.sum + std::max(0.0, bulk_mean_ + noise);
  SampledSum result;
  result.log_sum = std::log(sum) - origin_;
  result.centred = (near.sum - expected_near_) + noise;
  result.participation = (near.sum_of_squares + bulk_squares) / (sum * sum);
  result.largest_weight = std::exp(origin_ - least) / sum;
  // -sum p log p over the near points, the rest counted as one lump of weights too small to matter below h_G.
  const double h2 = bandwidth_ * bandwidth_;
  result.entropy = gaussian ? (near.sum * std::log(sum) + near.excess / h2) / sum
                            : std::numeric_limits<double>::quiet_NaN();
  return result;
}

}  // namespace reprise::kde
