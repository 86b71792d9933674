#include "workers/deep_probability/consistency.hpp"

#include <array>

#include "kernels/expects.hpp"
#include "kernels/random/hash_rng.hpp"
#include "kernels/statistics/quantile.hpp"

namespace reprise::deep_probability {

Consistency consistency(std::span<const double> interior_edges, std::span<const double> predicted,
                        Labels labels, std::uint64_t seed, int draws) {
  expects(draws > 1, "consistency needs two draws at least");
  Consistency result{.bins = reliability(interior_edges, predicted, labels)};
  result.error = calibration_error(result.bins).mean;
  const HashRng random(seed, 9001);
  std::vector<std::vector<double>> shares(result.bins.size());
  std::vector<std::uint8_t> drawn(predicted.size());
  double as_large = 0.0;
  for (std::uint64_t r = 0; r < static_cast<std::uint64_t>(draws); ++r) {
    for (std::size_t i = 0; i < predicted.size(); ++i)
      drawn[i] = random.uniform(r * predicted.size() + i) < predicted[i] ? 1 : 0;
    const auto bins = reliability(interior_edges, predicted, drawn);
    for (std::size_t b = 0; b < bins.size(); ++b) shares[b].push_back(bins[b].observed);
    const double error = calibration_error(bins).mean;
    result.expected_error += error / draws;
    as_large += error >= result.error ? 1.0 : 0.0;
  }
  for (const auto& share : shares) {
    const auto ends = quantiles(share, std::array{0.025, 0.975});
    result.low.push_back(ends[0]);
    result.high.push_back(ends[1]);
  }
  // One is added to both counts, so that no p-value is below what the draws can tell.
  result.p_value = (1.0 + as_large) / (1.0 + draws);
  return result;
}

}  // namespace reprise::deep_probability
