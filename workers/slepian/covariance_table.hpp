#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "workers/slepian/model.hpp"

namespace reprise::slepian {

/// A user's covariance from a CSV file without header: lag and covariance, lags 0, h, 2h, ... Divided by its
/// value at lag 0. Throws DataError that says what is wrong with it and what would be
/// right.
[[nodiscard]] Model read_covariance(const std::filesystem::path& file);

/// What makes values [n] at lags 0, step, 2 step, ... no covariance that excursions can be studied of, or
/// empty: they must be at most r(0) = 1, sampled finely near 0 and differentiable there, near 0 at the end,
/// and positive definite.
[[nodiscard]] std::string covariance_problem(double step, std::span<const double> values);

/// Negative values of the spectrum over all of it, for values at 0, step, 2 step, ...; 0 for a covariance
/// whose values are exact and reach to where it has vanished.
struct SpectralDefect {
  double share = 0.0;
  double frequency = 0.0;  ///< of the most negative value, radians per time
};
[[nodiscard]] SpectralDefect spectral_defect(double step, std::span<const double> values);

/// Largest share of negative spectrum that a table may have.
inline constexpr double kLargestDefect = 1e-3;

}  // namespace reprise::slepian
