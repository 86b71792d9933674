#pragma once

#include <cstdint>
#include <vector>

#include "pipeline/run/paper.hpp"
#include "workers/slepian/interval_sums.hpp"
#include "workers/slepian/model.hpp"

namespace reprise::slepian {

/// A block of draws of the divisor X, and one of intervals T that are sums of others.
struct DivisorInput {
  Model model;
  std::uint64_t draws = 0;
  std::uint64_t block = 0;
  std::vector<double> exponents;  ///< theta for E exp(theta X), in equal steps
  IntervalAsk ask;                ///< of T; no lags
};

constexpr auto fields(const DivisorInput*) {
  using D = DivisorInput;
  return std::tuple{field("model", &D::model, "the covariance"),
                    field("draws", &D::draws, "number of draws of X, and of T"),
                    field("block", &D::block, "which block of them"),
                    field("exponents", &D::exponents, "theta of exp(theta X)", "1/time"),
                    field("ask", &D::ask, "what is asked of the intervals")};
}

struct DivisorSums {
  IntervalSums intervals;
  std::uint64_t draws = 0;
  std::vector<double> tilted;          ///< sum of exp(theta X), for each theta
  std::vector<double> tilted_squares;  ///< sum of exp(2 theta X)
};

constexpr auto fields(const DivisorSums*) {
  using D = DivisorSums;
  return std::tuple{field("intervals", &D::intervals, "of the intervals"),
                    field("draws", &D::draws, "draws of X"),
                    field("tilted", &D::tilted, "sum of exp(theta X), for each theta"),
                    field("tilted_squares", &D::tilted_squares, "sum of exp(2 theta X)")};
}

DivisorSums draw_divisors(const DivisorInput& input, TaskContext& context);
double seconds(const DivisorInput& input);

inline const Task<DivisorInput, DivisorSums> kDivisors{
    "slepian.divisors", 1, draw_divisors, "draws of the divisor X and of intervals that are sums of them",
    seconds};

/// 64 values of theta around a root.
[[nodiscard]] std::vector<double> exponents_around(double root);

/// Means of exp(theta X) over all blocks.
class TiltedMeans {
 public:
  /// As in the tasks' inputs: in equal steps, four or more.
  explicit TiltedMeans(std::vector<double> exponents);

  void add(const DivisorSums& block);

  /// The theta at which the mean is 2, with its error; the variance of exp(theta X) is finite only where 2
  /// theta < alpha. NaN where it lies beyond the exponents.
  [[nodiscard]] Estimate root() const;

 private:
  std::vector<double> exponents_;
  double draws_ = 0.0;
  std::vector<double> sum_;
  std::vector<double> squares_;
};

}  // namespace reprise::slepian
