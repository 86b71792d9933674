#include "kernels/numerics/bessel.hpp"

#include <boost/math/special_functions/bessel.hpp>
#include <cmath>
#include <numbers>

#include "kernels/expects.hpp"

namespace reprise {
namespace {

/// K_(n + 1/2)(x) sqrt(2 x/pi) e^x, a polynomial in 1/x: sum of (n + k)!/(k! (n - k)!) (2x)^-k.
double half_integer_factor(int n, double x) {
  double term = 1.0, sum = 1.0;
  for (int k = 1; k <= n; ++k) {
    term *= static_cast<double>((n + k) * (n - k + 1)) / (2.0 * k * x);
    sum += term;
  }
  return sum;
}

}  // namespace

double log_bessel_k(double order, double x) {
  constexpr double kHankel = 50.0;
  constexpr int kTerms = 20;
  expects(x > 0.0, "K_order(x) is taken at x > 0");
  order = std::abs(order);
  const double below = order - 0.5;
  if (below == std::floor(below) && below < kHankel) {
    return -x + 0.5 * std::log(std::numbers::pi / (2.0 * x)) +
           std::log(half_integer_factor(static_cast<int>(below), x));
  }
  if (x <= kHankel + order * order) return std::log(boost::math::cyl_bessel_k(order, x));
  const double m = 4.0 * order * order;
  double term = 1.0, sum = 1.0;
  for (int k = 1; k <= kTerms; ++k) {
    const double odd = 2.0 * k - 1.0;
    term *= (m - odd * odd) / (8.0 * k * x);
    sum += term;
  }
  return -x + 0.5 * std::log(std::numbers::pi / (2.0 * x)) + std::log(sum);
}

}  // namespace reprise
