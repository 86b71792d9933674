#include "workers/slepian/levels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "workers/common/presentation.hpp"
#include "workers/slepian/exponent.hpp"
#include "workers/slepian/level.hpp"
#include "workers/slepian/path_task.hpp"

namespace reprise::slepian {
namespace {

constexpr double kStep = 0.01, kEnd = 12.0;  // of the renewal equations, in mean intervals at level 0
constexpr double kSimulatedStep = 1.0 / 100.0;
constexpr int kTimes = 16;
constexpr double kSpacing = 0.25;

const std::vector<Model>& models() {
  static const std::vector<Model> both{diffusion(2), random_acceleration()};
  return both;
}

/// One covariance at one level.
struct LevelResult {
  Model model;
  double level = 0.0;
  double mean_interval = 0.0;  ///< at level 0
  LevelMeans rice, approximated;
  LevelSurvival survival;
  IntervalBlocks above, below;
  std::vector<double> times;
};

double integral(const SurvivalCurve& curve) {
  double sum = -0.5 * (curve.survival.front() + curve.survival.back());
  for (const double value : curve.survival) sum += value;
  // What is left decays exponentially, at the rate of the last steps.
  const double last = curve.survival.back(), before = curve.survival[curve.survival.size() - 2];
  return curve.step * sum + (last > 0.0 && before > last ? curve.step * last / std::log(before / last) : 0.0);
}

std::vector<LevelResult> examine(Run& run, const LevelsJob& job) {
  std::vector<LevelResult> all;
  std::vector<LevelPathInput> inputs;
  for (const Model& model : models()) {
    const auto covariance = covariance_of(model);
    const double mean = covariance->mean_interval();
    for (const double level : job.levels) {
      LevelResult result{model, level, mean, level_means(*covariance, level)};
      result.survival = level_survival(*covariance, level, kStep * mean, kEnd * mean);
      result.approximated = {integral(result.survival.above), integral(result.survival.below)};
      for (int k = 1; k <= kTimes; ++k) result.times.push_back(kSpacing * mean * k);
      LevelPathInput input{{model, kSimulatedStep * mean}, level};
      input.paths.steps = static_cast<std::uint64_t>(std::ceil(job.paths.length / kSimulatedStep));
      input.paths.paths = job.paths.together;
      input.paths.ask.times = result.times;
      for (input.paths.block = 0; input.paths.block < job.paths.blocks; ++input.paths.block)
        inputs.push_back(input);
      all.push_back(std::move(result));
    }
  }
  const auto results = run.map(kLevelPaths, inputs, "paths and levels");
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    const auto block = results.get(k);
    if (!block) continue;
    all[k / job.paths.blocks].above.add(block->above);
    all[k / job.paths.blocks].below.add(block->below);
  }
  return all;
}

Table level_table(const std::vector<LevelResult>& all) {
  std::vector<std::string> model, side;
  std::vector<double> level, time, approximation;
  std::vector<Estimate> simulated;
  for (const LevelResult& each : all) {
    for (const bool above : {true, false}) {
      for (const std::size_t k : {0U, 1U, 3U, 7U}) {
        model.push_back(title(each.model));
        level.push_back(each.level);
        side.emplace_back(above ? "above" : "below");
        time.push_back(kSpacing * static_cast<double>(k + 1));
        approximation.push_back((above ? each.survival.above : each.survival.below).at(each.times[k]));
        simulated.push_back((above ? each.above : each.below).survival(k));
      }
    }
  }
  return {
      "levels",
      "Excursions above and below a level",
      "Time in mean intervals at level 0. Simulated on a grid of a hundredth of it, whose bias remains.",
      {parameter("model", "covariance", model), parameter("level", "u", "", level),
       parameter("side", "side", side), parameter("time", "t/μ", "", time), published(time.size()),
       theory("approximation", "IIA", "", approximation), measured("simulated", "simulated", "", simulated)}};
}

Table mean_table(const std::vector<LevelResult>& all, double& worst) {
  std::vector<std::string> model, side;
  std::vector<double> level, rice, approximated;
  std::vector<Estimate> simulated;
  for (const LevelResult& each : all) {
    for (const bool above : {true, false}) {
      model.push_back(title(each.model));
      level.push_back(each.level);
      side.emplace_back(above ? "above" : "below");
      rice.push_back(above ? each.rice.above : each.rice.below);
      approximated.push_back(above ? each.approximated.above : each.approximated.below);
      simulated.push_back((above ? each.above : each.below).mean_interval());
      worst = std::max(worst, std::abs(approximated.back() / rice.back() - 1.0));
    }
  }
  return {
      "means",
      "Mean excursions above and below a level",
      "Exact by Rice's formula.",
      {parameter("model", "covariance", model), parameter("level", "u", "", level),
       parameter("side", "side", side), published(level.size()), theory("rice", "exact", "", rice),
       theory("approximation", "IIA", "", approximated), measured("simulated", "simulated", "", simulated)}};
}

Figure level_figure(const std::vector<LevelResult>& all) {
  Figure figure{"levels",
                "Excursions above and below a level",
                "Lines: the approximation; points: simulated.",
                {},
                std::min(2, static_cast<int>(all.size()))};
  for (const LevelResult& each : all) {
    Panel panel{
        fmt::format("{}, u = {:g}", title(each.model), each.level), {"t/μ"}, {"P(T > t)", "", true}, {}};
    const auto x = arithmetic(0.0, kSpacing * kTimes, 81);
    int colour = 0;
    for (const bool above : {true, false}) {
      std::vector<double> y;
      for (const double unit : x)
        y.push_back((above ? each.survival.above : each.survival.below).at(unit * each.mean_interval));
      std::vector<Estimate> simulated;
      for (std::size_t k = 0; k < each.times.size(); ++k)
        simulated.push_back((above ? each.above : each.below).survival(k));
      panel.series.push_back(curve(above ? "above" : "below", x, y, colour));
      panel.series.push_back(points("", in_units_of(each.times, each.mean_interval), simulated, colour++));
    }
    figure.panels.push_back(std::move(panel));
  }
  return figure;
}

Table partial_table(const LevelsJob& job) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  std::vector<std::string> model;
  std::vector<double> survival, root, exact, error;
  for (const Model& each : models()) {
    const auto covariance = covariance_of(each);
    for (const double p : job.survivals) {
      model.push_back(title(each));
      survival.push_back(p);
      root.push_back(partial_survival_exponent(*covariance, p).value_or(kNone));
      exact.push_back(
          each == random_acceleration() ? 0.25 * (1.0 - 6.0 / std::numbers::pi * std::asin(0.5 * p)) : kNone);
      error.push_back(100.0 * (root.back() / exact.back() - 1.0));
    }
  }
  return {"partial",
          "Partial survival",
          "E p^(number of zeros) decays like exp(-theta(p) t). Exact for random acceleration: (1 - (6/pi) "
          "arcsin(p/2))/4 [known].",
          {parameter("model", "covariance", model),
           parameter("survival", "p", "", survival),
           published(survival.size()),
           theory("root", "IIA", "", root),
           theory("exact", "exact", "", exact),
           {"error", "error of IIA", "%", Role::difference, error}}};
}

void levels(Run& run, const LevelsJob& job) {
  constexpr double kTolerance = 1e-3;
  const auto all = examine(run, job);
  double worst = 0.0;
  run.publish(level_table(all));
  run.publish(mean_table(all, worst));
  run.publish(level_figure(all));
  run.publish(partial_table(job));
  Finding finding{"C10"};
  finding.rows = "table means";
  finding.value = worst;
  finding.measured = fmt::format("largest relative difference {:.1e}", worst);
  finding.verdict = worst < kTolerance ? Verdict::reproduced : Verdict::not_reproduced;
  run.settle(finding);
}

}  // namespace

void validate(const LevelsJob& job, const JobTable& table) {
  table.require(
      !job.levels.empty() && std::ranges::all_of(job.levels, [](double u) { return std::abs(u) <= 3.0; }),
      "levels", "must name levels from -3 to 3");
  table.require(std::ranges::all_of(job.survivals, [](double p) { return p >= 0.0 && p < 1.0; }), "survivals",
                "must name probabilities below 1");
}

Experiment levels_experiment() {
  return experiment<LevelsJob>(
      "levels", "Other levels and partial survival",
      "Excursions above and below a level that is not zero (companion paper arXiv 2410.06000), and exponents "
      "of processes that survive zeros with some probability (E9).",
      levels,
      {{"C10", "At any level the approximation's mean excursions are exact", "?", "[derived]",
        "means of both sides within a thousandth of Rice's, for two processes", "any"}});
}

}  // namespace reprise::slepian
