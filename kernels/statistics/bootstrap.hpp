#pragma once

#include <cmath>
#include <span>
#include <vector>

#include "kernels/random/distributions.hpp"
#include "kernels/statistics/moments.hpp"

namespace reprise {

/// Standard error of `statistic(values)` by resampling the values with replacement (Efron, 1979).
template <class Statistic>
[[nodiscard]] Estimate bootstrap(std::span<const double> values, const Statistic& statistic, int resamples,
                                 Philox& random) {
  RunningMoments spread;
  std::vector<double> resample(values.size());
  for (int r = 0; r < resamples; ++r) {
    for (double& x : resample) {
      x = values[uniform_below(random, values.size())];
    }
    spread.add(statistic(std::span<const double>(resample)));
  }
  return {statistic(values), std::sqrt(spread.variance())};
}

}  // namespace reprise
