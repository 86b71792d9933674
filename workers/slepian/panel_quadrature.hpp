#pragma once

#include <cmath>

#include "kernels/numerics/gauss_legendre.hpp"

namespace reprise::slepian {

/// The integral of f over (0, end): one panel up to end/10^4, then 120 in geometric progression, 24 Gauss
/// nodes each.
template <class Function>
[[nodiscard]] double integrate(const Function& f, double end) {
  constexpr int kPanels = 120;
  constexpr int kNodes = 24;
  constexpr double kFirst = 1e-4;
  static const QuadratureRule rule = gauss_legendre(kNodes);
  const auto panel = [&](double from, double to) {
    double sum = 0.0;
    for (std::size_t i = 0; i < rule.node.size(); ++i)
      sum += rule.weight[i] * f(from + (to - from) * rule.node[i]);
    return (to - from) * sum;
  };
  const double ratio = std::pow(kFirst, -1.0 / kPanels);
  double from = kFirst * end;
  double total = panel(0.0, from);
  for (int k = 1; k <= kPanels; ++k) {
    const double to = k == kPanels ? end : from * ratio;
    total += panel(from, to);
    from = to;
  }
  return total;
}

}  // namespace reprise::slepian
