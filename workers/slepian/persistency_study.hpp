#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "workers/slepian/divisor_task.hpp"
#include "workers/slepian/interval_sums.hpp"
#include "workers/slepian/monte_carlo_settings.hpp"
#include "workers/slepian/reference.hpp"
#include "workers/slepian/theory.hpp"
#include "workers/slepian/window_slopes.hpp"

namespace reprise::slepian {

/// How P(T > t) and the density of smooth processes are computed by quasi-Monte Carlo.
struct CurveSettings {
  std::int32_t points = 4;
  std::int32_t grids = 2;
  LatticeSettings lattice;
};

constexpr auto fields(const CurveSettings*) {
  using C = CurveSettings;
  return std::tuple{
      field("points", &C::points,
            "times, half a mean interval apart, or a share of 5 mean intervals where they are more"),
      field("grids", &C::grids, "2 or 3, each with steps half as long as the one before"),
      field("lattice", &C::lattice, "the error asked for is that of each on a grid")};
}
void validate(const CurveSettings& curves, const JobTable& table);

/// How thoroughly covariances are studied. Monte Carlo goes on until its errors are as small as asked for, or
/// its budget is spent.
struct PersistencyStudy {
  LatticeSettings lattice;
  std::int32_t grids = 3;
  CurveSettings curves;
  double simulated_error = 0.03;
  PathSettings paths;
  std::uint64_t most_blocks = 32;
  std::uint64_t divisor_draws = 100'000;
};

constexpr auto fields(const PersistencyStudy*) {
  using P = PersistencyStudy;
  return std::tuple{
      field("lattice", &P::lattice, "quasi-Monte Carlo; the error asked for is that of exponents"),
      field("grids", &P::grids, "3 or 4, each with steps half as long as the one before, for exponents"),
      field("curves", &P::curves, "P(T > t) and the density of smooth processes by quasi-Monte Carlo, too"),
      field("simulated_error", &P::simulated_error,
            "relative standard error of the tail's rate beyond 2.5 mean intervals on the finest grid that is "
            "asked for"),
      field("paths", &P::paths, "simulated paths"),
      field("most_blocks", &P::most_blocks, "most tasks of paths, for each covariance and grid"),
      field("divisor_draws", &P::divisor_draws, "draws of the divisor, and of sums of them")};
}
void validate(const PersistencyStudy& study, const JobTable& table);

/// All that was found out about one covariance. Missing numbers are NaN.
struct StudiedModel {
  Model model;
  Theory theory;
  std::optional<Reference> reference;  ///< exact, on the grid of the theory's curves
  std::optional<double> exact;         ///< the exact exponent
  WindowSlopes slopes;                 ///< by quasi-Monte Carlo
  Estimate divisor_root;               ///< of mean exp(theta X) = 2
  bool divisor_variance_finite = true;
  Estimate divisor_tail;                 ///< rate beyond 4 mean intervals of sums of divisors
  std::array<IntervalBlocks, 3> levels;  ///< simulated on three grids, the finest last
  double finest_step = 0.0;              ///< over the mean interval
  Estimate simulated;                    ///< rate beyond 2.5 mean intervals, for steps to 0
  Estimate simulated_far;                ///< beyond 4
  std::vector<Estimate> survival;        ///< simulated, for steps to 0, on the grid of the theory's curves
  std::vector<double> curve_time;        ///< times of:
  std::vector<Estimate> curve;           ///< P(T > t) by quasi-Monte Carlo, for steps to 0
  std::vector<Estimate>
      density_curve;  ///< the density of T times the mean interval there, by Durbin's formula

  /// The exact exponent where it is known, else quasi-Monte Carlo's.
  [[nodiscard]] Estimate best_exponent() const;
  /// P(T > t) at point k of the theory's grid: exact where known, else simulated.
  [[nodiscard]] Estimate best_survival(std::size_t k) const;
};

/// Curves reach so many mean intervals.
inline constexpr double kCurveEnd = 5.0;

[[nodiscard]] std::vector<StudiedModel> study_models(Run& run, const std::vector<Model>& models,
                                                     const PersistencyStudy& study);

/// Largest |P(T > t) under the approximation - best|, and where.
struct DistributionError {
  Estimate error;
  double time = 0.0;  ///< over the mean interval
};
[[nodiscard]] DistributionError distribution_error(const StudiedModel& studied);

}  // namespace reprise::slepian
