#include "workers/deep_probability/sample_bootstrap.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "kernels/expects.hpp"
#include "kernels/random/hash_rng.hpp"
#include "kernels/statistics/moments.hpp"
#include "kernels/statistics/quantile.hpp"

namespace reprise::deep_probability {

BootstrapInterval bootstrap_samples(std::size_t samples,
                                    const std::function<double(std::span<const std::size_t>)>& statistic,
                                    std::uint64_t seed, int resamples) {
  expects(samples > 0, "a bootstrap needs samples");
  expects(resamples > 1, "a bootstrap needs two resamples at least");
  std::vector<std::size_t> indices(samples);
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  BootstrapInterval interval{.value = statistic(indices)};

  const HashRng random(seed, 9000);
  RunningMoments moments;
  std::vector<double> values;
  for (std::uint64_t r = 0; r < static_cast<std::uint64_t>(resamples); ++r) {
    for (std::size_t j = 0; j < samples; ++j) {
      indices[j] = static_cast<std::size_t>(static_cast<double>(samples) * random.uniform(r * samples + j));
    }
    if (const double value = statistic(indices); !std::isnan(value)) {
      moments.add(value);
      values.push_back(value);
    }
  }
  if (values.empty()) {
    interval.standard_error = interval.low = interval.high = interval.p_value = std::nan("");
    return interval;
  }
  interval.standard_error = std::sqrt(moments.variance());
  const std::vector<double> ends = quantiles(values, std::array{0.025, 0.975});
  interval.low = ends[0];
  interval.high = ends[1];
  // One is added to both counts, so that no p-value is below what the resamples can tell.
  const auto share = [&](const auto& side) {
    return (1.0 + static_cast<double>(std::ranges::count_if(values, side))) /
           (1.0 + static_cast<double>(values.size()));
  };
  interval.p_value = std::min(
      {1.0, 2.0 * share([](double v) { return v <= 0.0; }), 2.0 * share([](double v) { return v >= 0.0; })});
  return interval;
}

}  // namespace reprise::deep_probability
