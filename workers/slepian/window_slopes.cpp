#include "workers/slepian/window_slopes.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "workers/slepian/exponent.hpp"
#include "workers/slepian/extrapolation.hpp"

namespace reprise::slepian {
namespace {

constexpr std::size_t kLevels = 3;
constexpr std::size_t kEnds = 3;  // of windows: T1, 2 T1, 3 T1

/// How a level's error enters the extrapolated value.
double influence(std::size_t level, double order) {
  std::array<Estimate, kLevels> unit{};
  unit[level].standard_error = 1.0;
  return extrapolate(unit, order).standard_error;
}

/// (a log P0(T1) + b log P0(2 T1) + c log P0(3 T1))/T1
Estimate combine(const std::array<Estimate, kEnds>& no_zero, const std::array<double, kEnds>& weights,
                 double span) {
  double value = 0.0, variance = 0.0;
  for (std::size_t end = 0; end < kEnds; ++end) {
    if (weights[end] == 0.0) continue;
    value += weights[end] * std::log(no_zero[end].value);
    variance += std::pow(weights[end] * no_zero[end].standard_error / no_zero[end].value, 2);
  }
  return {value / span, std::sqrt(variance) / span};
}

}  // namespace

WindowSlopes read_slopes(const WindowPlan& plan, const NoZeroLevels& no_zero) {
  WindowSlopes slopes{plan};
  std::array<Estimate, kLevels> change;
  for (std::size_t level = 0; level < kLevels; ++level) {
    slopes.slope[level] = combine(no_zero[level], {1.0, -1.0, 0.0}, plan.time);
    change[level] = combine(no_zero[level], {-1.0, 2.0, -1.0}, plan.time);
  }
  slopes.exponent = extrapolate(slopes.slope, plan.order);
  slopes.change = extrapolate(change, plan.order);
  slopes.fitted_order = fitted_order(slopes.slope);
  slopes.refitted = extrapolate(slopes.slope[1], slopes.slope[2], slopes.fitted_order);
  return slopes;
}

std::vector<WindowSlopes> estimate_exponents(Run& run, const std::vector<Model>& models,
                                             const LatticeSettings& lattice) {
  // Half of the variance may come from the finest grid, a quarter from each of the others; both ends of a
  // window share alike.
  constexpr std::array kShare{0.25, 0.25, 0.5};
  std::vector<WindowPlan> plans;
  std::vector<OrthantPoint> points;
  std::vector<double> relative;
  for (const Model& model : models) {
    const auto covariance = covariance_of(model);
    const WindowPlan plan = window_plan(model, *covariance);
    const auto guess = persistency_exponent(*covariance);
    const double exponent = guess ? guess->exponent : 1.0 / covariance->mean_interval();
    for (std::size_t level = 0; level < kLevels; ++level) {
      const double target = exponent * lattice.relative_error * std::sqrt(kShare[level]) /
                            influence(level, plan.order) * plan.time / std::numbers::sqrt2;
      for (int end = 1; end <= static_cast<int>(kEnds); ++end) {
        points.push_back({model, OrthantKind::no_zero, end * plan.time, end * plan.steps * (1 << level)});
        relative.push_back(target);
      }
    }
    plans.push_back(plan);
  }
  const auto no_zero = estimate_orthants(run, points, relative, lattice, "orthants of exponents");
  std::vector<WindowSlopes> all;
  auto next = no_zero.begin();
  for (const WindowPlan& plan : plans) {
    NoZeroLevels levels;
    for (auto& level : levels) next = std::ranges::copy_n(next, kEnds, level.begin()).in;
    all.push_back(read_slopes(plan, levels));
  }
  return all;
}

}  // namespace reprise::slepian
