#include "workers/kde/reference_bandwidths.hpp"

#include <cmath>

#include "kernels/expects.hpp"
#include "kernels/numerics/roots.hpp"
#include "kernels/statistics/log_sum_exp.hpp"

namespace reprise::kde {

double scott_bandwidth(double deviation, double points, double dim) {
  expects(deviation > 0.0 && points >= 1.0 && dim >= 1.0, "Scott's rule needs data with a spread");
  return deviation * std::pow(points, -1.0 / (dim + 4.0));
}

double silverman_bandwidth(double deviation, double points, double dim) {
  return scott_bandwidth(deviation, points, dim) * std::pow(4.0 / (dim + 2.0), 1.0 / (dim + 4.0));
}

double least_squares_bandwidth(double deviation, double log_points, double dim) {
  expects(deviation > 0.0 && log_points > 0.0 && dim >= 1.0,
          "a least-squares bandwidth needs more than one point");
  // In large dimensions the terms are exponentially small beside the 1. The derivative in b, times b/d, is
  //   -1/(n b^d) - (1-1/n) b^2 (1+b^2)^(-d/2-1) + b^2 (1+b^2/2)^(-d/2-1):
  // a root of log(positive) - log(negative) in log b.
  const double log_rest = log_points > 36.0 ? 0.0 : std::log1p(-std::exp(-log_points));
  const auto slope = [&](double u) {
    const double b2 = std::exp(2.0 * u);
    const double power = -0.5 * dim - 1.0;
    const double rises = 2.0 * u + power * std::log1p(0.5 * b2);
    const double falls = log_add_exp(-log_points - dim * u, log_rest + 2.0 * u + power * std::log1p(b2));
    return rises - falls;
  };
  // Negative for small b; the first rise above zero is the minimum.
  const double start = std::log(least_squares_bandwidth_limit(1.0, log_points / dim));
  double low = start - 3.0;
  while (slope(low) > 0.0) {
    low -= 1.0;
  }
  double high = low;
  while (slope(high) <= 0.0) {
    low = high;
    high += 0.02;
    expects(high < 30.0, "the mean integrated squared error has no minimum");
  }
  return deviation * std::exp(find_root(slope, low, high));
}

double least_squares_bandwidth_limit(double deviation, double load) {
  expects(load > 0.0, "a load is above 0");
  return deviation / std::sqrt(std::exp(2.0 * load) - 0.5);
}

}  // namespace reprise::kde
