#pragma once

#include <vector>

#include "workers/slepian/persistency_study.hpp"

namespace reprise::slepian {

/// Exponents, one row a covariance, and what the approximation says besides (spec 7, table A).
[[nodiscard]] Table exponent_table(const std::vector<StudiedModel>& all, const PersistencyStudy& study);
[[nodiscard]] Table approximation_table(const std::vector<StudiedModel>& all, const PersistencyStudy& study);
/// P(T > t): approximation, exact, quasi-Monte Carlo, simulated, at half, 1, 2 and 4 mean intervals.
[[nodiscard]] Table survival_table(const std::vector<StudiedModel>& all);

}  // namespace reprise::slepian
