#pragma once

#include <string>
#include <vector>

#include "workers/slepian/persistency_study.hpp"

namespace reprise::slepian {

/// What was published of one covariance's exponent; empty: nothing was seen.
struct PublishedExponent {
  std::string approximation;  ///< under the independent interval approximation, in earlier work
  std::string literature;     ///< exact, or simulated
};
[[nodiscard]] PublishedExponent published_exponent(const Model& model);

/// All of them that the experiments on exponents show.
void publish_study(Run& run, const std::vector<StudiedModel>& all, const PersistencyStudy& study);

/// Exponents, one row a covariance, and what the approximation says besides (spec 7, table A).
[[nodiscard]] Table exponent_table(const std::vector<StudiedModel>& all, const PersistencyStudy& study);
[[nodiscard]] Table approximation_table(const std::vector<StudiedModel>& all, const PersistencyStudy& study);
/// P(T > t): approximation, exact, quasi-Monte Carlo, simulated, at half, 1, 2 and 4 mean intervals.
[[nodiscard]] Table survival_table(const std::vector<StudiedModel>& all);
/// Covariances and expected signs of the Slepian process.
[[nodiscard]] Figure sign_figure(const std::vector<StudiedModel>& all);
/// P(T > t) on a logarithmic axis, a panel a covariance.
[[nodiscard]] Figure survival_figure(const std::vector<StudiedModel>& all);
/// Approximation less exact or simulated.
[[nodiscard]] Figure error_figure(const std::vector<StudiedModel>& all);
/// Density of T, a panel a covariance: lines over the histogram of simulated intervals.
enum class DensityAxes { log_time, log_density };
[[nodiscard]] Figure density_figure(const std::vector<StudiedModel>& all, DensityAxes axes);
/// Exponents over a parameter, each times `scale`.
[[nodiscard]] Figure exponent_figure(const std::vector<StudiedModel>& all,
                                     const std::vector<double>& parameter, const Axis& x, const Axis& y,
                                     const std::vector<double>& scale);

}  // namespace reprise::slepian
