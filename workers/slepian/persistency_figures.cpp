#include "workers/slepian/persistency_figures.hpp"

#include <algorithm>
#include <cmath>

#include "workers/common/presentation.hpp"

namespace reprise::slepian {
namespace {

/// The theory's grid over the mean interval, up to where curves end.
std::vector<double> units(const StudiedModel& studied) {
  std::vector<double> x;
  for (int k = 0; k <= static_cast<int>(kCurveEnd) * kPointsPerMean; ++k)
    x.push_back(static_cast<double>(k) / kPointsPerMean);
  x.resize(std::min(x.size(), studied.theory.survival.size()));
  return x;
}

std::vector<double> cut(const std::vector<double>& values, std::size_t size) {
  return {values.begin(), values.begin() + static_cast<std::ptrdiff_t>(std::min(size, values.size()))};
}

constexpr double kShortest = 0.02;  // of densities on a logarithmic axis, in mean intervals

/// Density of simulated intervals on the finest grid, some bins of the histogram in one point.
Series simulated_density(const StudiedModel& studied) {
  constexpr std::size_t kGroup = 8;
  const auto bins = studied.levels.back().density();
  std::vector<double> at;
  std::vector<Estimate> density;
  for (std::size_t bin = 0; bin + kGroup <= bins.size(); bin += kGroup) {
    double mass = 0.0, square = 0.0;
    for (std::size_t b = bin; b < bin + kGroup; ++b) {
      const double width = interval_bin_edge(b + 1) - interval_bin_edge(b);
      mass += bins[b].value * width;
      square += std::pow(bins[b].standard_error * width, 2);
    }
    const double low = interval_bin_edge(bin), high = interval_bin_edge(bin + kGroup);
    if (low < kShortest || high > kCurveEnd || mass == 0.0) continue;
    at.push_back(std::sqrt(low * high));
    density.push_back({mass / (high - low), std::sqrt(square) / (high - low)});
  }
  return points("simulated", at, density, 2);
}

int across(std::size_t panels) {
  return panels < 3 ? static_cast<int>(panels) : 3;
}

}  // namespace

Figure sign_figure(const std::vector<StudiedModel>& all) {
  Panel covariances{"", {"t/μ"}, {"r"}, {}};
  Panel signs{"", {"t/μ"}, {"E0, expected sign"}, {}};
  int colour = 0;
  for (const StudiedModel& each : all) {
    const auto x = units(each);
    covariances.series.push_back(curve(title(each.model), x, cut(each.theory.value, x.size()), colour));
    signs.series.push_back(curve("", x, cut(each.theory.sign, x.size()), colour));
    ++colour;
  }
  return {"signs",
          "Covariances and expected signs of the Slepian process",
          "E0 falls where the approximation has a divisor. Time in mean intervals.",
          {covariances, signs},
          2};
}

Figure survival_figure(const std::vector<StudiedModel>& all) {
  Figure figure{
      "survival",
      "Excursions longer than t",
      "Lines: the approximation, and where it is known the exact law. Points: simulated, step to 0; "
      "quasi-Monte Carlo at a few times. Bars are one standard error.",
      {},
      across(all.size())};
  for (const StudiedModel& each : all) {
    Panel panel{title(each.model), {"t/μ"}, {"P(T > t)", "", true}, {}};
    const auto x = units(each);
    panel.series.push_back(curve("IIA", x, cut(each.theory.survival, x.size()), 0));
    if (each.reference)
      panel.series.push_back(curve("exact", x, each.reference->survival, 1, SeriesStyle::dashed));
    std::vector<double> at;
    std::vector<Estimate> simulated;
    for (std::size_t k = 0; k < each.survival.size(); k += 5) {
      if (!(each.survival[k].value > 0.0)) continue;
      at.push_back(static_cast<double>(k) / kPointsPerMean);
      simulated.push_back(each.survival[k]);
    }
    panel.series.push_back(points("simulated", at, simulated, 2));
    if (!each.curve.empty())
      panel.series.push_back(points("quasi-Monte Carlo",
                                    in_units_of(each.curve_time, each.theory.mean_interval), each.curve, 3));
    figure.panels.push_back(std::move(panel));
  }
  return figure;
}

Figure error_figure(const std::vector<StudiedModel>& all) {
  Panel panel{"", {"t/μ"}, {"S_IIA − S"}, {}};
  int colour = 0;
  for (const StudiedModel& each : all) {
    std::vector<double> at;
    std::vector<Estimate> error;
    for (std::size_t k = 0; k < each.survival.size(); k += each.reference ? 1U : 4U) {
      const Estimate best = each.best_survival(k);
      at.push_back(static_cast<double>(k) / kPointsPerMean);
      error.push_back({each.theory.survival.at(k) - best.value, best.standard_error});
    }
    if (each.reference) {
      std::vector<double> y;
      for (const Estimate& one : error) y.push_back(one.value);
      panel.series.push_back(curve(title(each.model), at, y, colour++));
    } else {
      panel.series.push_back(points(title(each.model), at, error, colour++));
    }
  }
  panel.marks = {{0.0, "", false}};
  return {"error",
          "Error of the approximation's distribution",
          "Lines: against the exact law; points: against simulation, step to 0, bars one standard error.",
          {panel}};
}

Figure density_figure(const std::vector<StudiedModel>& all, DensityAxes axes) {
  const bool near = axes == DensityAxes::log_time;
  Figure figure{
      near ? "density" : "density_tail",
      near ? "Density of excursions" : "Density of long excursions",
      "Lines: the approximation, and where it is known the exact law. Points: intervals of the finest grid, "
      "whose bias remains; Durbin's formula by quasi-Monte Carlo at a few times, step to 0.",
      {},
      across(all.size())};
  for (const StudiedModel& each : all) {
    Panel panel{title(each.model), {"t/μ", "", near}, {"f μ", "", !near}, {}};
    if (near) panel.x.from = kShortest;
    panel.x.to = kCurveEnd;
    const auto x = units(each);
    panel.series.push_back(curve("IIA", x, cut(each.theory.density, x.size()), 0));
    if (each.reference) {
      std::vector<double> y;
      for (const double f : each.reference->density) y.push_back(f * each.theory.mean_interval);
      panel.series.push_back(curve("exact", x, y, 1, SeriesStyle::dashed));
    }
    panel.series.push_back(simulated_density(each));
    if (!each.density_curve.empty())
      panel.series.push_back(points("quasi-Monte Carlo",
                                    in_units_of(each.curve_time, each.theory.mean_interval),
                                    each.density_curve, 3));
    figure.panels.push_back(std::move(panel));
  }
  return figure;
}

Figure exponent_figure(const std::vector<StudiedModel>& all, const std::vector<double>& parameter,
                       const Axis& x, const Axis& y, const std::vector<double>& scale) {
  Panel panel{"", x, y, {}};
  std::vector<double> root, exact_at, exact;
  std::vector<Estimate> orthant, simulated;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto scaled_by = [&](const Estimate& e) {
      return Estimate{e.value * scale[i], e.standard_error * scale[i]};
    };
    root.push_back(all[i].theory.exponent * scale[i]);
    orthant.push_back(scaled_by(all[i].slopes.exponent));
    simulated.push_back(scaled_by(all[i].simulated));
    if (all[i].exact) {
      exact_at.push_back(parameter[i]);
      exact.push_back(*all[i].exact * scale[i]);
    }
  }
  panel.series = {curve("IIA", parameter, root, 0), points("quasi-Monte Carlo", parameter, orthant, 3),
                  points("simulated", parameter, simulated, 2)};
  if (!exact.empty()) panel.series.push_back(curve("exact", exact_at, exact, 1, SeriesStyle::points));
  return {"exponents", "Exponents over the parameter", "Bars are one standard error.", {panel}};
}

}  // namespace reprise::slepian
