#pragma once

#include <vector>

#include "workers/slepian/persistency_study.hpp"

namespace reprise::slepian {

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
