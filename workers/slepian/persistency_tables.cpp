#include "workers/slepian/persistency_tables.hpp"

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

/// What was published of one covariance's exponent; empty: nothing was seen.
struct PublishedExponent {
  std::string approximation;  ///< under the independent interval approximation, in earlier work
  std::string literature;     ///< exact, or simulated
};
PublishedExponent published_exponent(const Model& model) {
  if (model == diffusion(1)) return {".1203", ".1207(5), simulated 1996"};
  if (model == diffusion(2)) return {".1862", "3/16; .1875(10), simulated 1996"};
  if (model == diffusion(3)) return {".2358", ".2380(15), simulated 1996"};
  if (model == random_acceleration()) return {".2647", "1/4"};
  return {};
}

}  // namespace

/// A change of each exponent by quasi-Monte Carlo, in per cent of it.
std::vector<Estimate> per_cent(const std::vector<StudiedModel>& all, Estimate WindowSlopes::*change) {
  return column_of(all, [change](const StudiedModel& s) {
    const double scale = 100.0 / s.slopes.exponent.value;
    return Estimate{scale * (s.slopes.*change).value, scale * (s.slopes.*change).standard_error};
  });
}

Table exponent_table(const std::vector<StudiedModel>& all, const PersistencyStudy& study) {
  const bool finer = study.grids > 3;
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
      fmt::format("theta in 1/time. Quasi-Monte Carlo: slopes of log P0 between T1 and 2 T1 on {} grids, "
                  "extrapolated{}; {} shifts of at most {} points. Later window: how they "
                  "change between 2 T1 and 3 T1. {}Simulated: rate of the tail beyond 2.5 mean intervals on "
                  "grids of {} to {} paths of {:g} mean intervals, extrapolated; a tail that is not yet "
                  "exponential biases it.",
                  study.grids, finer ? " from the finest three" : "", study.lattice.shifts,
                  study.lattice.points, finer ? "Coarser grids: how they change without the finest. " : "",
                  study.paths.blocks * study.paths.together, study.most_blocks * study.paths.together,
                  study.paths.length),
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
       measured("moved", "later window", "%", per_cent(all, &WindowSlopes::change)),
       measured("simulated", "simulated", "",
                column_of(all, [](const StudiedModel& s) { return s.simulated; })),
       {"error", "error of IIA", "%", Role::difference, error, error_se}}};
  table.columns[4].digits = 6;
  if (finer) {
    const auto after = std::ranges::find(table.columns, std::string("moved"), &Column::name);
    table.columns.insert(
        after + 1, measured("coarsened", "coarser grids", "%", per_cent(all, &WindowSlopes::coarsened)));
  }
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
                  "where the error is no error. Tail: rate of geometric sums beyond 4 mean intervals. "
                  "Distance: to the exact law where it is known, else to simulation.",
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

}  // namespace reprise::slepian
