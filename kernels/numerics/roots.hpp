#pragma once

#include <boost/math/tools/minima.hpp>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <cstdint>
#include <utility>

#include "kernels/expects.hpp"

namespace reprise {

/// The root of f in [low, high], where f changes sign, to `tolerance` in x (Alefeld, Potra and Shi, ACM TOMS
/// 748).
template <class Function>
[[nodiscard]] double find_root(const Function& f, double low, double high, double tolerance = 1e-14) {
  const double f_low = f(low);
  const double f_high = f(high);
  if (f_low == 0.0) {
    return low;
  }
  if (f_high == 0.0) {
    return high;
  }
  expects((f_low < 0.0) != (f_high < 0.0), "a root needs a bracket over which the function changes sign");
  std::uintmax_t iterations = 200;
  const auto close = [tolerance](double a, double b) { return std::abs(b - a) <= tolerance; };
  const auto [a, b] = boost::math::tools::toms748_solve(f, low, high, f_low, f_high, close, iterations);
  return 0.5 * (a + b);
}

/// Place and value of the minimum of f, unimodal on [low, high] (Brent, 1973). `bits` of the place are right;
/// more than 26 cannot be.
template <class Function>
[[nodiscard]] std::pair<double, double> find_minimum(const Function& f, double low, double high,
                                                     int bits = 26) {
  expects(low < high, "a minimum needs an interval");
  std::uintmax_t iterations = 200;
  return boost::math::tools::brent_find_minima(f, low, high, bits, iterations);
}

}  // namespace reprise
