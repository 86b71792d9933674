#pragma once

#include <span>

namespace reprise {

/// Index of a stable law from the empirical characteristic function (Koutrouvelis, JASA 75, 1980):
/// standardise z by (z - median)/(half the interquartile range); for t_k = pi k/25, k = 1..11, the slope of
/// log(-2 log|phi(t)|) on log t. Tends to 2 for laws with finite variance.
[[nodiscard]] double characteristic_function_index(std::span<const double> draws);

}  // namespace reprise
