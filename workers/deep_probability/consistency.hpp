#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "workers/deep_probability/calibration_error.hpp"
#include "workers/deep_probability/sample_bootstrap.hpp"

namespace reprise::deep_probability {

/// A reliability curve, and what it would look like if the predictions were the true probabilities.
struct Consistency {
  std::vector<ReliabilityBin> bins;
  std::vector<double> low;      ///< [bins], 2.5 % of shares of events drawn from the predictions are below
  std::vector<double> high;     ///< [bins], 2.5 % are above
  double error = 0.0;           ///< ECE of these bins
  double expected_error = 0.0;  ///< mean ECE over draws: what the finite number of samples alone makes of it
  double p_value = 1.0;         ///< of an ECE that large, one-sided
};

/// Consistency resampling (Broecker and Smith, Weather and Forecasting 22, 2007), given the predictions:
/// outcome i of draw r is an event where uniform number r samples + i of the stream 9001 is below prediction
/// i. `interior_edges` as for `reliability`.
[[nodiscard]] Consistency consistency(std::span<const double> interior_edges,
                                      std::span<const double> predicted, Labels labels, std::uint64_t seed,
                                      int draws = kResamples);

}  // namespace reprise::deep_probability
