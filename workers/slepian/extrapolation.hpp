#pragma once

#include <array>

#include "kernels/statistics/moments.hpp"

namespace reprise::slepian {

// Extrapolation to step h = 0 of values whose bias is c h^order (spec 2.8), with standard errors.

/// From steps h and h/2.
[[nodiscard]] Estimate extrapolate(const Estimate& coarse, const Estimate& fine, double order);

/// Of values at steps h, h/2 and h/4, whose bias has a second term: h^4 where order is 2, h^(2 order)
/// otherwise.
[[nodiscard]] std::array<double, 3> extrapolation_weights(double order);
/// By these.
[[nodiscard]] Estimate extrapolate(const std::array<Estimate, 3>& levels, double order);

/// The order that three levels show, log2((v_h - v_(h/2))/(v_(h/2) - v_(h/4))); NaN where their differences
/// have different signs.
[[nodiscard]] double fitted_order(const std::array<Estimate, 3>& levels);

}  // namespace reprise::slepian
