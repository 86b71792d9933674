#include "workers/slepian/persistency_study.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <utility>

#include "workers/slepian/extrapolation.hpp"
#include "workers/slepian/foresight.hpp"
#include "workers/slepian/path_task.hpp"

namespace reprise::slepian {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kLevels = 3;
constexpr double kNearTail = 2.5, kFarTail = 4.0;
constexpr std::uint64_t kDivisorBlock = 100'000, kLargestDivisorBlock = 10'000'000, kLeastDivisorBlocks = 64;

/// The theory's grid in (0, kCurveEnd] mean intervals.
std::vector<double> curve_times(const Theory& theory) {
  std::vector<double> times;
  for (int k = 1; k <= static_cast<int>(kCurveEnd) * kPointsPerMean; ++k) times.push_back(theory.step * k);
  return times;
}

IntervalAsk ask_of(const Theory& theory) {
  const double mean = theory.mean_interval;
  return {curve_times(theory), {kNearTail * mean, kFarTail * mean}, {}};
}

/// Of the finest grid: a hundredth of the mean interval, a four-hundredth for rough paths.
double finest_step(const Theory& theory) {
  constexpr double kRough = 1.5;
  return theory.smoothness <= kRough ? 1.0 / 400.0 : 1.0 / 100.0;
}

PathInput path_input(const StudiedModel& studied, const PersistencyStudy& study, std::size_t level) {
  const double step = studied.finest_step * std::exp2(static_cast<double>(kLevels - 1 - level));
  PathInput input{studied.model, step * studied.theory.mean_interval};
  input.steps = static_cast<std::uint64_t>(std::ceil(study.paths.length / step));
  input.paths = study.paths.together;
  input.ask = ask_of(studied.theory);
  return input;
}

/// Blocks from, ..., to - 1 of all grids of some covariances.
void add_blocks(Run& run, std::vector<StudiedModel>& all, const std::vector<std::size_t>& which,
                const PersistencyStudy& study, std::uint64_t from, std::uint64_t to) {
  std::vector<PathInput> firsts;
  for (const std::size_t i : which) {
    for (std::size_t level = 0; level < kLevels; ++level) firsts.push_back(path_input(all[i], study, level));
  }
  const auto results = run.map(kPaths, all_blocks(std::move(firsts), to - from, from), "simulated paths");
  for (std::size_t k = 0; k < results.size(); ++k) {
    const std::size_t grid = k / (to - from);
    if (const auto block = results.get(k)) all[which[grid / kLevels]].levels[grid % kLevels].add(*block);
  }
}

/// Rounds of blocks, each as many as there were before, for all covariances and grids at once.
void simulate(Run& run, std::vector<StudiedModel>& all, const PersistencyStudy& study) {
  std::vector<std::size_t> open(all.size());
  std::iota(open.begin(), open.end(), std::size_t{0});
  for (std::uint64_t from = 0, to = study.paths.blocks; !open.empty() && from < to;
       from = to, to = std::min(2 * to, study.most_blocks)) {
    try {
      add_blocks(run, all, open, study, from, to);
    } catch (const NeedsResults&) {
      if (to < study.most_blocks)
        add_blocks(run, all, open, study, to, study.most_blocks);  // all that may follow
      throw;
    }
    std::erase_if(open, [&](std::size_t i) {
      const Estimate rate = all[i].levels[kLevels - 1].tail_rate(0);
      return std::isnan(rate.value) || rate.standard_error <= study.simulated_error * rate.value;
    });
  }
}

std::array<Estimate, kLevels> by_level(const StudiedModel& studied, const auto& value) {
  return {value(studied.levels[0]), value(studied.levels[1]), value(studied.levels[2])};
}

/// From the two finer grids: the third only shows whether the order is right, and would add noise.
Estimate to_the_limit(const std::array<Estimate, kLevels>& levels, double order) {
  return extrapolate(levels[1], levels[2], order);
}

void summarise_simulation(StudiedModel& studied) {
  const auto covariance = covariance_of(studied.model);
  const double tail_order = no_zero_order(*covariance);
  const double curve_order = survival_order(*covariance);
  const auto rate = [](std::size_t k) {
    return [k](const IntervalBlocks& blocks) { return blocks.tail_rate(k); };
  };
  studied.simulated = to_the_limit(by_level(studied, rate(0)), tail_order);
  studied.simulated_far = to_the_limit(by_level(studied, rate(1)), tail_order);
  studied.survival.push_back({1.0, 0.0});
  for (std::size_t k = 0; k < curve_times(studied.theory).size(); ++k) {
    studied.survival.push_back(to_the_limit(
        by_level(studied, [k](const IntervalBlocks& blocks) { return blocks.survival(k); }), curve_order));
  }
}

void draw_all_divisors(Run& run, std::vector<StudiedModel>& all, const PersistencyStudy& study) {
  std::vector<std::size_t> owner;
  std::vector<DivisorInput> firsts;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Theory& theory = all[i].theory;
    if (theory.verdict != ValidityVerdict::divisor || std::isnan(theory.exponent)) continue;
    firsts.push_back({all[i].model, 0, 0, exponents_around(theory.exponent), ask_of(theory)});
    owner.push_back(i);
  }
  const std::uint64_t size =
      std::clamp(study.divisor_draws / kLeastDivisorBlocks, kDivisorBlock, kLargestDivisorBlock);
  const std::uint64_t blocks = (study.divisor_draws + size - 1) / size;
  const Sequence<DivisorInput> inputs(firsts.size() * blocks,
                                      [=, draws = study.divisor_draws](std::size_t k) {
                                        DivisorInput input = firsts[k / blocks];
                                        input.block = k % blocks;
                                        input.draws = std::min(size, draws - size * input.block);
                                        return input;
                                      });
  const auto results = run.map(kDivisors, inputs, "draws of divisors");
  for (StudiedModel& each : all) each.divisor_root = each.divisor_tail = {kNone, kNone};
  for (std::size_t which = 0; which < owner.size(); ++which) {
    TiltedMeans tilted(firsts[which].exponents);
    IntervalBlocks intervals;
    for (std::uint64_t block = 0; block < blocks; ++block) {
      const auto result = results.get(which * blocks + block);
      if (!result) continue;
      tilted.add(*result);
      intervals.add(result->intervals);
    }
    StudiedModel& studied = all[owner[which]];
    studied.divisor_root = tilted.root();
    studied.divisor_variance_finite = 2.0 * studied.theory.exponent < studied.theory.decay;
    studied.divisor_tail = intervals.tail_rate(1);
  }
}

/// For steps to 0, from grids each with steps half as long as the one before.
Estimate limit_of_curve(std::span<const Estimate> grids) {
  constexpr double kOrder = 2.0;
  if (grids.size() == 2) return extrapolate(grids[0], grids[1], kOrder);
  return extrapolate(std::array{grids[0], grids[1], grids[2]}, kOrder);
}

/// P(T > t) and the density of T of smooth processes on grids of steps of an eighth of the mean interval,
/// half of that, ...
void add_curves(Run& run, std::vector<StudiedModel>& all, const PersistencyStudy& study) {
  constexpr double kRough = 1.75, kWidest = 0.5;
  constexpr int kSteps = 8, kLeast = 4;
  const CurveSettings& curves = study.curves;
  const double spacing = std::min(kWidest, kCurveEnd / curves.points);  // mean intervals
  std::vector<OrthantPoint> points;
  std::vector<std::size_t> owner;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].theory.smoothness < kRough) continue;
    const double mean = all[i].theory.mean_interval;
    for (int k = 0; k < curves.points; ++k) {
      const double units = spacing * (k + 1);
      const auto steps = std::max(kLeast, static_cast<std::int32_t>(std::ceil(kSteps * units)));
      all[i].curve_time.push_back(units * mean);
      for (const OrthantKind kind : {OrthantKind::survival, OrthantKind::density}) {
        for (int grid = 0; grid < curves.grids; ++grid)
          points.push_back({all[i].model, kind, units * mean, steps << grid});
      }
      owner.push_back(i);
    }
  }
  const std::vector<double> relative(points.size(), curves.lattice.relative_error);
  const auto estimates = estimate_orthants(run, points, relative, curves.lattice, "orthants of excursions");
  const auto grids = static_cast<std::size_t>(curves.grids);
  for (std::size_t k = 0; k < owner.size(); ++k) {
    const auto of_time = std::span(estimates).subspan(2 * grids * k, 2 * grids);
    StudiedModel& studied = all[owner[k]];
    studied.curve.push_back(limit_of_curve(of_time.first(grids)));
    const Estimate density = limit_of_curve(of_time.last(grids));
    const double mean = studied.theory.mean_interval;
    studied.density_curve.push_back({density.value * mean, density.standard_error * mean});
  }
}

void add_references(Run& run, std::vector<StudiedModel>& all) {
  std::vector<ReferenceInput> inputs;
  std::vector<std::size_t> owner;
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].exact = exact_exponent(all[i].model);
    if (!all[i].exact) continue;
    inputs.push_back(
        {all[i].model, all[i].theory.step, static_cast<std::int32_t>(curve_times(all[i].theory).size()) + 1});
    owner.push_back(i);
  }
  const auto results = run.map(kReference, inputs, "exact laws");
  for (std::size_t k = 0; k < owner.size(); ++k) all[owner[k]].reference = results.get(k);
}

}  // namespace

void validate(const CurveSettings& curves, const JobTable& table) {
  table.require(curves.points >= 0 && curves.points <= 100, "points", "must be from 0 to 100");
  table.require(curves.grids == 2 || curves.grids == 3, "grids", "must be 2 or 3");
}

void validate(const PersistencyStudy& study, const JobTable& table) {
  table.require(study.simulated_error > 0.0, "simulated_error", "must be greater than 0");
  require_grids(study.grids, table);
  table.require(study.most_blocks >= study.paths.blocks && study.most_blocks <= 10000000, "most_blocks",
                "must be from paths.blocks to 10000000");
  table.require(study.divisor_draws >= 1000, "divisor_draws", "must be at least 1000");
}

Estimate StudiedModel::best_exponent() const {
  return exact ? Estimate{*exact, 0.0} : slopes.exponent;
}

Estimate StudiedModel::best_survival(std::size_t k) const {
  if (reference) return {reference->survival.at(k), 0.0};
  return survival.at(k);
}

std::vector<StudiedModel> study_models(Run& run, const std::vector<Model>& models,
                                       const PersistencyStudy& study) {
  const auto theories = theories_of(run, models);
  std::vector<StudiedModel> all;
  for (std::size_t i = 0; i < models.size(); ++i) {
    StudiedModel studied;
    studied.model = models[i];
    studied.theory = theories[i];
    studied.finest_step = finest_step(studied.theory);
    all.push_back(std::move(studied));
  }
  Stages stages;
  stages.run([&] { add_references(run, all); });
  stages.run([&] { draw_all_divisors(run, all, study); });
  stages.run([&] {
    const auto slopes = estimate_exponents(run, models, theories, study.lattice, study.grids);
    for (std::size_t i = 0; i < all.size(); ++i) all[i].slopes = slopes[i];
  });
  stages.run([&] { add_curves(run, all, study); });
  stages.run([&] { simulate(run, all, study); });
  stages.finish();
  for (StudiedModel& studied : all) summarise_simulation(studied);
  return all;
}

DistributionError distribution_error(const StudiedModel& studied) {
  DistributionError worst{{kNone, kNone}};
  for (std::size_t k = 1; k < studied.survival.size(); ++k) {
    const Estimate best = studied.best_survival(k);
    const double error = std::abs(studied.theory.survival.at(k) - best.value);
    if (!(error <= worst.error.value))
      worst = {{error, best.standard_error},
               studied.theory.step * static_cast<double>(k) / studied.theory.mean_interval};
  }
  return worst;
}

}  // namespace reprise::slepian
