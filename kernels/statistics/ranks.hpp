#pragma once

#include <span>
#include <vector>

namespace reprise {

/// Ranks from 1 in ascending order; equal values share the mean of their ranks.
[[nodiscard]] std::vector<double> mid_ranks(std::span<const double> values);

/// Pearson's correlation; NaN where one side is constant or there are fewer than two values.
[[nodiscard]] double pearson_correlation(std::span<const double> x, std::span<const double> y);

/// Spearman's: Pearson's of the mid-ranks.
[[nodiscard]] double spearman_correlation(std::span<const double> x, std::span<const double> y);

}  // namespace reprise
