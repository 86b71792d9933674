#include "workers/slepian/window_slopes.hpp"

#include <cmath>
#include <numbers>

#include "workers/slepian/exponent.hpp"
#include "workers/slepian/extrapolation.hpp"

namespace reprise::slepian {
namespace {

constexpr std::size_t kLevels = 3;

/// How a level's error enters the extrapolated value.
double influence(std::size_t level, double order) {
  std::array<Estimate, kLevels> unit{};
  unit[level].standard_error = 1.0;
  return extrapolate(unit, order).standard_error;
}

Estimate slope_of(const Estimate& first, const Estimate& second, double span) {
  return {std::log(first.value / second.value) / span,
          std::hypot(first.standard_error / first.value, second.standard_error / second.value) / span};
}

}  // namespace

std::vector<WindowSlopes> estimate_exponents(Run& run, const std::vector<Model>& models,
                                             const LatticeSettings& lattice) {
  // Half of the variance may come from the finest grid, a quarter from each of the others; both ends of a
  // window share alike.
  constexpr std::array kShare{0.25, 0.25, 0.5};
  std::vector<WindowSlopes> all;
  std::vector<OrthantPoint> points;
  std::vector<double> relative;
  for (const Model& model : models) {
    const auto covariance = covariance_of(model);
    WindowSlopes slopes;
    slopes.plan = window_plan(model, *covariance);
    const auto guess = persistency_exponent(*covariance);
    const double exponent = guess ? guess->exponent : 1.0 / covariance->mean_interval();
    for (std::size_t level = 0; level < kLevels; ++level) {
      const double target = exponent * lattice.relative_error * std::sqrt(kShare[level]) /
                            influence(level, slopes.plan.order) * slopes.plan.time / std::numbers::sqrt2;
      for (const int ends : {1, 2}) {
        points.push_back(
            {model, OrthantKind::no_zero, ends * slopes.plan.time, ends * slopes.plan.steps * (1 << level)});
        relative.push_back(target);
      }
    }
    all.push_back(slopes);
  }
  const auto no_zero = estimate_orthants(run, points, relative, lattice, "orthants of exponents");
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t level = 0; level < kLevels; ++level) {
      const std::size_t at = 2 * (kLevels * i + level);
      all[i].slope[level] = slope_of(no_zero[at], no_zero[at + 1], all[i].plan.time);
    }
    all[i].exponent = extrapolate(all[i].slope, all[i].plan.order);
    all[i].fitted_order = fitted_order(all[i].slope);
    all[i].refitted = extrapolate(all[i].slope[1], all[i].slope[2], all[i].fitted_order);
  }
  return all;
}

}  // namespace reprise::slepian
