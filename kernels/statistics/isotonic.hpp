#pragma once

#include <span>
#include <vector>

namespace reprise {

/// The non-decreasing sequence nearest to `values` in weighted squares, by pooling adjacent violators (Ayer,
/// Brunk, Ewing, Reid and Silverman, 1955); linear in time. Weights are above 0 and as many as values.
[[nodiscard]] std::vector<double> isotonic_regression(std::span<const double> values,
                                                      std::span<const double> weights);

}  // namespace reprise
