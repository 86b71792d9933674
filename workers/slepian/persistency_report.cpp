#include "workers/slepian/persistency_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "workers/common/presentation.hpp"

namespace reprise::slepian {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

std::vector<std::string> titles(const std::vector<StudiedModel>& all) {
  std::vector<std::string> names;
  for (const StudiedModel& each : all) names.push_back(title(each.model));
  return names;
}

template <class Value>
auto column_of(const std::vector<StudiedModel>& all, const Value& value) {
  std::vector<decltype(value(all.front()))> column;
  for (const StudiedModel& each : all) column.push_back(value(each));
  return column;
}

Column words(std::string name, std::string label, Role role, std::vector<std::string> values) {
  return {std::move(name), std::move(label), "", role, std::move(values)};
}

std::string or_question(const std::string& text) {
  return text.empty() ? "?" : text;
}

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

PublishedExponent published_exponent(const Model& model) {
  if (model == diffusion(1)) return {".1203", ".1207(5), simulated 1996"};
  if (model == diffusion(2)) return {".1862", "3/16; .1875(10), simulated 1996"};
  if (model == diffusion(3)) return {".2358", ".2380(15), simulated 1996"};
  if (model == random_acceleration()) return {".2647", "1/4"};
  return {};
}

void publish_study(Run& run, const std::vector<StudiedModel>& all, const PersistencyStudy& study) {
  run.publish(exponent_table(all, study));
  run.publish(approximation_table(all, study));
  run.publish(survival_table(all));
  run.publish(sign_figure(all));
  run.publish(survival_figure(all));
  run.publish(error_figure(all));
  run.publish(density_figure(all, DensityAxes::log_time));
  run.publish(density_figure(all, DensityAxes::log_density));
}

Table exponent_table(const std::vector<StudiedModel>& all, const PersistencyStudy& study) {
  const auto root = column_of(all, [](const StudiedModel& s) { return s.theory.exponent; });
  std::vector<double> error, error_se;
  for (const StudiedModel& each : all) {
    const Estimate best = each.best_exponent();
    error.push_back(100.0 * (each.theory.exponent - best.value) / best.value);
    error_se.push_back(
        each.exact ? kNone : 100.0 * each.theory.exponent * best.standard_error / (best.value * best.value));
  }
  Table table{
      "exponents",
      "Persistency exponents",
      fmt::format("theta in 1/time. Quasi-Monte Carlo: slopes of log P0 between T1 and 2 T1 on three grids, "
                  "extrapolated; {} shifts of at most {} points. Simulated: rate of the tail beyond 2.5 mean "
                  "intervals "
                  "on grids of {} to {} paths of {:g} mean intervals, extrapolated; a tail that is not yet "
                  "exponential "
                  "biases it.",
                  study.lattice.shifts, study.lattice.points, study.paths.blocks * study.paths.together,
                  study.most_blocks * study.paths.together, study.paths.length),
      {parameter("model", "covariance", titles(all)),
       published(all.size()),
       words("earlier", "IIA, earlier", Role::published,
             column_of(all,
                       [](const StudiedModel& s) {
                         return or_question(published_exponent(s.model).approximation);
                       })),
       words("literature", "literature", Role::published,
             column_of(
                 all,
                 [](const StudiedModel& s) { return or_question(published_exponent(s.model).literature); })),
       theory("root", "IIA", "", root),
       theory("exact", "exact", "",
              column_of(all, [](const StudiedModel& s) { return s.exact.value_or(kNone); })),
       measured("orthant", "quasi-Monte Carlo", "",
                column_of(all, [](const StudiedModel& s) { return s.slopes.exponent; })),
       measured("simulated", "simulated", "",
                column_of(all, [](const StudiedModel& s) { return s.simulated; })),
       {"error", "error of IIA", "%", Role::difference, error, error_se}}};
  table.columns[4].digits = 6;
  return table;
}

Table approximation_table(const std::vector<StudiedModel>& all, const PersistencyStudy& study) {
  const auto distance = column_of(all, [](const StudiedModel& s) {
    const Estimate error = distribution_error(s).error;
    return s.reference ? Estimate{error.value, kNone} : error;
  });
  return {
      "approximation",
      "The approximation",
      fmt::format("Divisor: root of mean exp(theta X) = 2 over {} draws; a star marks an infinite variance, "
                  "where the "
                  "error is no error. Tail: rate of geometric sums beyond 4 mean intervals. Distance: to the "
                  "exact law "
                  "where it is known, else to simulation.",
                  study.divisor_draws),
      {parameter("model", "covariance", titles(all)), published(all.size()),
       theory("mean_interval", "μ", "",
              column_of(all, [](const StudiedModel& s) { return s.theory.mean_interval; })),
       theory("root", "θ, root", "", column_of(all, [](const StudiedModel& s) { return s.theory.exponent; })),
       measured("divisor", "θ, divisor", "",
                column_of(all, [](const StudiedModel& s) { return s.divisor_root; })),
       words(
           "variance", "", Role::parameter,
           column_of(
               all, [](const StudiedModel& s) { return std::string(s.divisor_variance_finite ? "" : "*"); })),
       measured("tail", "θ, tail of sums", "",
                column_of(all, [](const StudiedModel& s) { return s.divisor_tail; })),
       theory(
           "scaled", "θμ", "",
           column_of(all, [](const StudiedModel& s) { return s.theory.exponent * s.theory.mean_interval; })),
       measured("distance", "sup |S_IIA − S|", "", distance),
       words("verdict", "validity", Role::verdict,
             column_of(all, [](const StudiedModel& s) { return std::string(name_of(s.theory.verdict)); }))}};
}

Table survival_table(const std::vector<StudiedModel>& all) {
  constexpr std::array kHalves{1, 2, 4, 8};
  std::vector<std::string> model;
  std::vector<double> time, approximation, exact;
  std::vector<Estimate> simulated, orthant;
  for (const StudiedModel& each : all) {
    for (const int halves : kHalves) {
      const auto k = static_cast<std::size_t>(halves * kPointsPerMean / 2);
      if (k >= each.survival.size()) continue;
      model.push_back(title(each.model));
      time.push_back(0.5 * halves);
      approximation.push_back(each.theory.survival.at(k));
      exact.push_back(each.reference ? each.reference->survival.at(k) : kNone);
      simulated.push_back(each.survival[k]);
      const auto at = std::ranges::find_if(each.curve_time, [&](double t) {
        return std::abs(t / each.theory.mean_interval - 0.5 * halves) < 1e-9;
      });
      orthant.push_back(at == each.curve_time.end()
                            ? Estimate{kNone, kNone}
                            : each.curve[static_cast<std::size_t>(at - each.curve_time.begin())]);
    }
  }
  return {
      "survival",
      "Probability that an excursion is longer",
      "P(T > t) at multiples of the mean interval; simulated and quasi-Monte Carlo extrapolated to step 0.",
      {parameter("model", "covariance", model), parameter("time", "t/μ", "", time), published(model.size()),
       theory("approximation", "IIA", "", approximation), theory("exact", "exact", "", exact),
       measured("orthant", "quasi-Monte Carlo", "", orthant),
       measured("simulated", "simulated", "", simulated)}};
}

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
