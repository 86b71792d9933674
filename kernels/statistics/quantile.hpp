#pragma once

#include <span>
#include <vector>

namespace reprise {

/// Sample quantile at level p in [0, 1], linear between order statistics (Hyndman and Fan, 1996, type 7).
[[nodiscard]] double quantile(std::span<const double> values, double p);

/// Several levels at the price of one sort.
[[nodiscard]] std::vector<double> quantiles(std::span<const double> values, std::span<const double> levels);

[[nodiscard]] double median(std::span<const double> values);

}  // namespace reprise
