#include "kernels/statistics/stable_density.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "kernels/expects.hpp"
#include "kernels/numerics/roots.hpp"

namespace reprise {
namespace {

using std::numbers::pi;

constexpr double kLeastLogit = -40.0;
constexpr double kLargestLogit = 80.0;
constexpr double kLogitStep = 0.05;
constexpr double kLargestExponent = 700.0;  // f vanishes there, and infinity times 0 would not
constexpr int kFrequencies = 8000;
constexpr double kNegligible = 36.0;  // e^-36

/// log A(u) of a positive stable law, u = pi - rest_of_u.
double log_kernel(double index, double u, double rest_of_u) {
  const double rest = 1.0 - index;
  return (index * std::log(std::sin(index * u)) - std::log(std::sin(std::min(u, rest_of_u)))) / rest +
         std::log(std::sin(rest * u));
}

/// The mean over u in (0, pi) of f(A(u) x^(-index/(1 - index))). Far in the tail what counts is pi - u ~
/// x^-index: evenly spaced logits u = pi/(1 + e^-s) see it as well as the middle.
template <class Function>
double mean_over_angles(double index, double x, const Function& f) {
  const double shift = -index / (1.0 - index) * std::log(x);
  double sum = 0.0;
  for (double logit = kLeastLogit; logit < kLargestLogit; logit += kLogitStep) {
    const double u = pi / (1.0 + std::exp(-logit));
    const double rest_of_u = pi / (1.0 + std::exp(logit));
    sum += f(std::exp(std::min(log_kernel(index, u, rest_of_u) + shift, kLargestExponent))) * u * rest_of_u;
  }
  return sum * kLogitStep / (pi * pi);
}

/// The integral over t > 0 of f(t, t x - t^index tan(pi index/2)) exp(-t^index), by midpoints.
template <class Function>
double over_frequencies(double index, double x, const Function& f) {
  const double tangent = std::tan(0.5 * pi * index);
  const double step = std::pow(kNegligible, 1.0 / index) / kFrequencies;
  double sum = 0.0;
  for (int i = 0; i < kFrequencies; ++i) {
    const double t = (i + 0.5) * step;
    const double power = std::pow(t, index);
    sum += f(t, t * x - tangent * power) * std::exp(-power);
  }
  return sum * step;
}

}  // namespace

StableDensity::StableDensity(double index) : index_(index) {
  expects(index > 0.0 && index < 2.0 && index != 1.0, "an index of a stable law is in (0, 1) or (1, 2)");
}

double StableDensity::density(double x) const {
  if (index_ > 1.0) {
    return over_frequencies(index_, x, [](double, double phase) { return std::cos(phase); }) / pi;
  }
  if (x <= 0.0) return 0.0;
  const double mean = mean_over_angles(index_, x, [](double a) { return a * std::exp(-a); });
  return index_ / (1.0 - index_) / x * mean;
}

double StableDensity::distribution(double x) const {
  if (index_ > 1.0) {
    return 0.5 + over_frequencies(index_, x, [](double t, double phase) { return std::sin(phase) / t; }) / pi;
  }
  return x <= 0.0 ? 0.0 : mean_over_angles(index_, x, [](double a) { return std::exp(-a); });
}

double StableDensity::quantile(double p) const {
  expects(p >= 0.001 && p <= 0.999, "quantiles are given from 0.001 to 0.999");
  if (index_ < 1.0) {
    const double reach = 12.0 / index_;
    return std::exp(
        find_root([&](double log_x) { return distribution(std::exp(log_x)) - p; }, -reach, reach, 1e-10));
  }
  double high = 4.0;
  while (distribution(high) < p) high *= 2.0;
  double low = -4.0;
  while (distribution(low) > p) low *= 2.0;
  return find_root([&](double x) { return distribution(x) - p; }, low, high, 1e-10);
}

}  // namespace reprise
