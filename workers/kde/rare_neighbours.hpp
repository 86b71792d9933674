#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/random/philox.hpp"
#include "workers/kde/distance_law.hpp"

namespace reprise::kde {

/// The neighbours of x in a simulated data set: exact vectors, for any n (spec 2.8, S3).
struct RareNeighbours {
  std::vector<double> half_squared_distance;  ///< ascending
  std::vector<double> point;                  ///< [count, dim], in the same order
  std::uint64_t proposals = 0;
};

/// Data points given that they lie in the ball Q <= q_R, n P(Q <= q_R) = K, by rejection: with d e(lambda) =
/// q_R propose y_a ~ N(lambda c_a x_a/(1 + lambda c_a), c_a/(1 + lambda c_a)), accept if Q <= q_R with
/// probability exp(-lambda (q_R - Q)). A data set has Poisson(K) of them.
class RareNeighbourSampler {
 public:
  /// x [dim] and the variance of each coordinate of the data.
  RareNeighbourSampler(std::vector<double> x, std::vector<double> variance, double log_points,
                       double expected_count);

  [[nodiscard]] RareNeighbours draw(RandomKey key, std::uint64_t data_set) const;

  [[nodiscard]] double radius() const { return radius_; }  ///< q_R

 private:
  std::vector<double> x_;
  std::vector<double> variance_;
  double expected_count_;
  double radius_ = 0.0;
  double tilt_ = 0.0;
};

}  // namespace reprise::kde
