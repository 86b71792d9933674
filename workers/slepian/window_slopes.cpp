#include "workers/slepian/window_slopes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "workers/slepian/extrapolation.hpp"

namespace reprise::slepian {
namespace {

constexpr std::size_t kFinest = 3;  // grids that are extrapolated from
constexpr std::size_t kEnds = 3;    // of windows: T1, 2 T1, 3 T1

std::array<Estimate, kFinest> three_from(const std::vector<Estimate>& levels, std::size_t first) {
  return {levels.at(first), levels.at(first + 1), levels.at(first + 2)};
}

/// What leaving out the finest of four or more grids changes: the coarser three have two of theirs in common
/// with the finest.
Estimate change_without_finest(const std::vector<Estimate>& slope, double order) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  if (slope.size() <= kFinest) return {kNone, kNone};
  const auto weights = extrapolation_weights(order);
  const std::size_t first = slope.size() - kFinest - 1;
  double value = 0.0, variance = 0.0;
  for (std::size_t k = 0; k <= kFinest; ++k) {
    const double weight = (k < kFinest ? weights[k] : 0.0) - (k > 0 ? weights[k - 1] : 0.0);
    value += weight * slope[first + k].value;
    variance += std::pow(weight * slope[first + k].standard_error, 2);
  }
  return {value, std::sqrt(variance)};
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
  std::vector<Estimate> change;
  for (const auto& level : no_zero) {
    slopes.slope.push_back(combine(level, {1.0, -1.0, 0.0}, plan.time));
    change.push_back(combine(level, {-1.0, 2.0, -1.0}, plan.time));
  }
  const std::size_t first = no_zero.size() - kFinest;
  const auto finest = three_from(slopes.slope, first);
  slopes.exponent = extrapolate(finest, plan.order);
  slopes.change = extrapolate(three_from(change, first), plan.order);
  slopes.coarsened = change_without_finest(slopes.slope, plan.order);
  slopes.fitted_order = fitted_order(finest);
  slopes.refitted = extrapolate(finest[1], finest[2], slopes.fitted_order);
  return slopes;
}

std::vector<WindowSlopes> estimate_exponents(Run& run, const std::vector<Model>& models,
                                             const std::vector<Theory>& theories,
                                             const LatticeSettings& lattice, int grids) {
  // Half of the variance may come from the finest grid, a quarter from each of the two before; both ends of a
  // window share alike. Coarser ones are as precise as the first of the three.
  constexpr std::array kShare{0.25, 0.25, 0.5};
  const auto levels = static_cast<std::size_t>(grids);
  std::vector<WindowPlan> plans;
  std::vector<OrthantPoint> points;
  std::vector<double> relative;
  for (std::size_t i = 0; i < models.size(); ++i) {
    const WindowPlan plan = window_plan(models[i], *covariance_of(models[i]));
    const auto weights = extrapolation_weights(plan.order);
    const double exponent =
        std::isnan(theories[i].exponent) ? 1.0 / theories[i].mean_interval : theories[i].exponent;
    for (std::size_t level = 0; level < levels; ++level) {
      const std::size_t among = level + kFinest > levels ? level + kFinest - levels : 0;
      const double target = exponent * lattice.relative_error * std::sqrt(kShare.at(among)) /
                            std::abs(weights.at(among)) * plan.time / std::numbers::sqrt2;
      for (int end = 1; end <= static_cast<int>(kEnds); ++end) {
        points.push_back({models[i], OrthantKind::no_zero, end * plan.time, end * plan.steps * (1 << level)});
        relative.push_back(target);
      }
    }
    plans.push_back(plan);
  }
  const auto no_zero = estimate_orthants(run, points, relative, lattice, "orthants of exponents");
  std::vector<WindowSlopes> all;
  auto next = no_zero.begin();
  for (const WindowPlan& plan : plans) {
    NoZeroLevels of_plan(levels);
    for (auto& level : of_plan) next = std::ranges::copy_n(next, kEnds, level.begin()).in;
    all.push_back(read_slopes(plan, of_plan));
  }
  return all;
}

}  // namespace reprise::slepian
