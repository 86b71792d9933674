#pragma once

#include <cstdint>
#include <vector>

#include "kernels/random/philox.hpp"
#include "workers/kde/distance_law.hpp"
#include "workers/kde/radial_kernel.hpp"

namespace reprise::kde {

/// The nearest points of one simulated data set, and what stands for the rest.
struct NearestPoints {
  std::vector<double> half_squared_distance;  ///< Q <= q_0, in no order
  double bulk_normal = 0.0;                   ///< N(0, 1)
};

/// Simulates data sets of any size by their nearest points alone (spec 2.8, S2): of n points, N ~ Poisson(n
/// p_0) fall below q_0, P(Q <= q_0) = p_0 = min(K/n, 0.3) (binomial where p_0 > 0.01); they are drawn from
/// the law of Q, and the rest enters by its mean and variance. Cost O(K) a data set whatever n.
class TopKSampler {
 public:
  TopKSampler(DistanceLaw law, double log_points, double expected_nearest);

  /// Depends on key and data set only.
  [[nodiscard]] NearestPoints draw(RandomKey key, std::uint64_t data_set) const;

  [[nodiscard]] const DistanceLaw& law() const { return law_; }
  [[nodiscard]] double log_points() const { return log_points_; }
  /// log p_0
  [[nodiscard]] double log_fraction() const { return log_fraction_; }

 private:
  [[nodiscard]] double value_at(double log_probability) const;

  DistanceLaw law_;
  double log_points_;
  double log_fraction_;
  std::vector<double> log_q_;
};

/// The k smallest squared distances |x - y|^2, ascending.
[[nodiscard]] std::vector<double> nearest_squared_distances(const NearestPoints& points, std::size_t k);

/// Sums over one simulated data set.
struct SampledSum {
  double log_sum = 0.0;        ///< log Z
  double centred = 0.0;        ///< (Z - E Z) in units of the weight at a fixed distance
  double participation = 0.0;  ///< Y2
  double largest_weight = 0.0;
  double entropy = 0.0;  ///< of the weights of the nearest points; NaN for kernels but the Gaussian
};

/// Evaluates kernel sums at one bandwidth.
class TopKSum {
 public:
  TopKSum(const TopKSampler& sampler, double bandwidth, RadialKernel kernel = {});

  [[nodiscard]] SampledSum operator()(const NearestPoints& points) const;

 private:
  [[nodiscard]] double exponent(double half_squared_distance) const;

  double dim_;
  double bandwidth_;
  RadialKernel kernel_;
  double origin_;         // exponent at the distance where one point is expected
  double expected_near_;  // n sum_{q <= q0} p w, in units of exp(-origin)
  double bulk_mean_;
  double bulk_squares_;
  double mean_count_;  // n p_0
  double far_count_;   // n (1 - p_0); infinite for n beyond a double
};

}  // namespace reprise::kde
