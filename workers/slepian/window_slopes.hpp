#pragma once

#include <array>
#include <vector>

#include "workers/slepian/orthant_task.hpp"
#include "workers/slepian/theory.hpp"
#include "workers/slepian/window_plan.hpp"

namespace reprise::slepian {

/// The exponent by quasi-Monte Carlo: slopes of log P0 on three grids or more, each twice as fine as the one
/// before, and what the finest three tend to.
struct WindowSlopes {
  WindowPlan plan;
  std::vector<Estimate> slope;  ///< theta_h at steps h, h/2, h/4, ... [grids]
  Estimate exponent;            ///< extrapolated with the order of the plan
  Estimate change;              ///< of the exponent, extrapolated, when it is read between T2 and T2 + T1
  Estimate coarsened;           ///< its change when the finest grid is left out; NaN: there are but three
  double fitted_order = 0.0;    ///< that the three show
  Estimate refitted;            ///< extrapolated from the last two with the fitted order
};

/// P0 at T1, 2 T1 and 3 T1, each on grids of steps h, h/2, h/4, ...
using NoZeroLevels = std::vector<std::array<Estimate, 3>>;  // [grid][multiple of T1 - 1]

/// What the exponent is by these. Three grids or more.
[[nodiscard]] WindowSlopes read_slopes(const WindowPlan& plan, const NoZeroLevels& no_zero);

/// For the model of each theory, all at once, on `grids` grids. The relative standard error of each
/// extrapolated exponent is brought to what the lattice's settings ask for, within their budget.
[[nodiscard]] std::vector<WindowSlopes> estimate_exponents(Run& run, const std::vector<Model>& models,
                                                           const std::vector<Theory>& theories,
                                                           const LatticeSettings& lattice, int grids);

}  // namespace reprise::slepian
