#pragma once

#include <array>
#include <vector>

#include "workers/slepian/orthant_task.hpp"
#include "workers/slepian/window_plan.hpp"

namespace reprise::slepian {

/// The exponent by quasi-Monte Carlo: slopes of log P0 on three grids and what they tend to.
struct WindowSlopes {
  WindowPlan plan;
  std::array<Estimate, 3> slope;  ///< theta_h at steps h, h/2, h/4
  Estimate exponent;              ///< extrapolated with the order of the plan
  Estimate change;                ///< of the exponent, extrapolated, when it is read between T2 and T2 + T1
  double fitted_order = 0.0;      ///< that the three show
  Estimate refitted;              ///< extrapolated from the last two with the fitted order
};

/// P0 at T1, 2 T1 and 3 T1, each on grids of steps h, h/2, h/4.
using NoZeroLevels = std::array<std::array<Estimate, 3>, 3>;  // [level][multiple of T1 - 1]

/// What the exponent is by these.
[[nodiscard]] WindowSlopes read_slopes(const WindowPlan& plan, const NoZeroLevels& no_zero);

/// For each model, all at once. The relative standard error of each extrapolated exponent is brought to
/// what the lattice's settings ask for, within their budget.
[[nodiscard]] std::vector<WindowSlopes> estimate_exponents(Run& run, const std::vector<Model>& models,
                                                           const LatticeSettings& lattice);

}  // namespace reprise::slepian
