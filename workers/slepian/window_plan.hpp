#pragma once

#include <cstdint>

#include "workers/slepian/covariance.hpp"

namespace reprise::slepian {

/// Where the exponent is read off P0 (spec 2.7 (c), 3): theta_h = log(P0(T1)/P0(T2))/(T2 - T1), T2 = 2 T1, on
/// grids of steps T1/steps, T1/(2 steps), T1/(4 steps). The window from T2 to T2 + T1 shows whether it still
/// moves.
struct WindowPlan {
  double time = 0.0;       ///< T1
  std::int32_t steps = 8;  ///< in T1, on the coarsest grid
  double order = 2.0;      ///< of the bias in the step
};

/// As the spec lists it, or by the same rule: T1 is 1.27 mean intervals and 8 steps where paths are
/// smooth, 1.76 and 16 where they are rough.
[[nodiscard]] WindowPlan window_plan(const Model& model, const Covariance& covariance);

/// Order of the bias of P0 on a grid: 2, or nu_s where that is less than 2.
[[nodiscard]] double no_zero_order(const Covariance& covariance);
/// Order of the bias of P(T > t) on a grid: 2; 5/4 where paths are rough (nu_s <= 3/2) and come back early.
[[nodiscard]] double survival_order(const Covariance& covariance);

}  // namespace reprise::slepian
