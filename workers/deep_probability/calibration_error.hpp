#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "workers/deep_probability/logits.hpp"

namespace reprise::deep_probability {

/// Bins of the expected and the largest calibration error (code of Liu et al., ICML 2022).
inline constexpr int kCalibrationBins = 15;

/// A point of a reliability curve.
struct ReliabilityBin {
  double predicted = 0.0;  ///< mean prediction
  double observed = 0.0;   ///< share of events
  std::uint64_t count = 0;
};

/// Interior edges of bins: the quantiles j/bins of the predictions, linear between order statistics; or
/// j/bins.
[[nodiscard]] std::vector<double> quantile_edges(std::span<const double> predicted, int bins);
[[nodiscard]] std::vector<double> equal_width_edges(int bins);

/// The non-empty bins between ascending interior edges. Which ones are empty depends on the predictions
/// alone.
[[nodiscard]] std::vector<ReliabilityBin> reliability(std::span<const double> interior_edges,
                                                      std::span<const double> predicted, Labels labels);

/// The non-empty bins, in ascending order. A prediction's bin is the number of interior edges strictly below
/// it; edges are the quantiles j/bins of the predictions, linear between order statistics. Tied edges leave
/// fewer bins.
[[nodiscard]] std::vector<ReliabilityBin> quantile_bins(std::span<const double> predicted, Labels labels,
                                                        int bins);

/// The same with edges j/bins.
[[nodiscard]] std::vector<ReliabilityBin> equal_width_bins(std::span<const double> predicted, Labels labels,
                                                           int bins);

/// The bin of a prediction in [0, 1] among equally wide ones (low, high]; 0 is in the first.
[[nodiscard]] int equal_width_bin(double predicted, int bins);

/// |mean prediction - share of events| over bins; each counts the same, whatever its samples.
struct CalibrationError {
  double mean = 0.0;     ///< ECE
  double largest = 0.0;  ///< MCE
};
[[nodiscard]] CalibrationError calibration_error(const std::vector<ReliabilityBin>& bins);

/// KS: the largest |sum of (predicted - y)| / n over the samples up to any place in the order of their
/// predictions (Gupta et al., ICLR 2021, without splines). Equal predictions keep their order.
[[nodiscard]] double kolmogorov_smirnov_error(std::span<const double> predicted, Labels labels);

}  // namespace reprise::deep_probability
