#include "workers/slepian/grid_bias.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "workers/common/presentation.hpp"
#include "workers/slepian/extrapolation.hpp"
#include "workers/slepian/foresight.hpp"
#include "workers/slepian/path_task.hpp"
#include "workers/slepian/reference.hpp"
#include "workers/slepian/window_slopes.hpp"

namespace reprise::slepian {
namespace {

constexpr std::array kParts{25.0, 50.0, 100.0, 200.0};  // steps in a mean interval
constexpr std::array kUnits{0.5, 1.0, 2.0, 4.0};        // times of P(T > t)

const std::vector<Model>& models() {
  static const std::vector<Model> four{diffusion(2), random_acceleration(), matern(1.5), matern(2.5)};
  return four;
}

struct Studied {
  Model model;
  WindowSlopes slopes;
  std::array<IntervalBlocks, kParts.size()> paths;
};

/// Paths on all four grids.
void add_paths(Run& run, std::vector<Studied>& all, const GridBiasJob& job) {
  std::vector<PathInput> inputs;
  for (const Studied& each : all) {
    const double mean = covariance_of(each.model)->mean_interval();
    for (const double parts : kParts) {
      PathInput input{each.model, mean / parts};
      input.steps = static_cast<std::uint64_t>(std::ceil(job.paths.length * parts));
      input.paths = job.paths.together;
      for (const double units : kUnits) input.ask.times.push_back(units * mean);
      inputs.push_back(input);
    }
  }
  const auto results = run.map(kPaths, all_blocks(inputs, job.paths.blocks), "simulated paths");
  for (std::size_t k = 0; k < results.size(); ++k) {
    const std::size_t level = k / job.paths.blocks;
    if (const auto block = results.get(k))
      all[level / kParts.size()].paths[level % kParts.size()].add(*block);
  }
}

std::vector<Studied> examine(Run& run, const GridBiasJob& job) {
  std::vector<Studied> all;
  for (const Model& model : models()) all.push_back({model, {}, {}});
  Stages stages;
  stages.run([&] {
    const auto slopes = estimate_exponents(run, models(), theories_of(run, models()), job.lattice, job.grids);
    for (std::size_t i = 0; i < all.size(); ++i) all[i].slopes = slopes[i];
  });
  stages.run([&] { add_paths(run, all, job); });
  stages.finish();
  return all;
}

Table slope_table(const std::vector<Studied>& all) {
  std::vector<std::string> model;
  std::vector<double> step, order;
  std::vector<Estimate> slope, limit, refitted;
  std::vector<double> fitted;
  for (const Studied& each : all) {
    for (std::size_t level = 0; level < each.slopes.slope.size(); ++level) {
      model.push_back(title(each.model));
      step.push_back(each.slopes.plan.time / (each.slopes.plan.steps * std::exp2(level)));
      slope.push_back(each.slopes.slope[level]);
      order.push_back(each.slopes.plan.order);
      fitted.push_back(each.slopes.fitted_order);
      limit.push_back(each.slopes.exponent);
      refitted.push_back(each.slopes.refitted);
    }
  }
  return {"exponents",
          "Exponents on grids",
          "Slopes of log P0 by quasi-Monte Carlo; extrapolated with the expected order from the finest three "
          "grids, and with the order that these show from the last two.",
          {parameter("model", "covariance", model), parameter("step", "h", "", step), published(step.size()),
           measured("slope", "θ_h", "", slope), theory("order", "order", "", order),
           theory("fitted", "order shown", "", fitted), measured("limit", "θ, h → 0", "", limit),
           measured("refitted", "with it", "", refitted)}};
}

Table mean_table(const std::vector<Studied>& all, Agreement& agreement) {
  std::vector<std::string> model;
  std::vector<double> parts, expected, exact;
  std::vector<Estimate> change, half, one;
  for (const Studied& each : all) {
    const auto covariance = covariance_of(each.model);
    const double mean = covariance->mean_interval();
    for (std::size_t level = 0; level < kParts.size(); ++level) {
      const double h = mean / kParts[level];
      model.push_back(title(each.model));
      parts.push_back(1.0 / kParts[level]);
      // arccos r = atan2(sqrt(1 - r^2), r)
      expected.push_back(std::atan2(std::sqrt(covariance->conditional_variance(h)), covariance->value(h)) /
                         std::numbers::pi);
      exact.push_back(100.0 * (h / expected.back() / mean - 1.0));
      change.push_back(each.paths[level].sign_change());
      half.push_back(each.paths[level].survival(0));
      one.push_back(each.paths[level].survival(1));
      agreement.add(change.back(), expected.back());
    }
  }
  Column beside = verdict(change, expected);
  beside.label = "beside arccos r(h)/π";
  return {"means",
          "Sign changes and distributions on grids",
          "Neighbours on a grid have different signs with probability arccos r(h)/pi, exactly; excursions "
          "that come back between grid points are missed, which makes mean intervals longer.",
          {parameter("model", "covariance", model), parameter("step", "h/μ", "", parts),
           published(parts.size()), theory("expected", "arccos r(h)/π", "", expected),
           measured("change", "sign changes a step", "", change), beside,
           theory("excess", "excess of mean", "%", exact), measured("half", "P(T > μ/2)", "", half),
           measured("one", "P(T > μ)", "", one)}};
}

Figure figure_of(const std::vector<Studied>& all) {
  Panel exponents{"exponents", {"h/μ", "", true}, {"|θ_h − θ|/θ", "", true}, {}};
  Panel means{"mean intervals", {"h/μ", "", true}, {"relative excess", "", true}, {}};
  int colour = 0;
  for (const Studied& each : all) {
    const auto covariance = covariance_of(each.model);
    const double mean = covariance->mean_interval();
    const double limit = exact_exponent(each.model).value_or(each.slopes.exponent.value);
    std::vector<double> x, line;
    std::vector<Estimate> bias;
    for (std::size_t level = 0; level < each.slopes.slope.size(); ++level) {
      x.push_back(each.slopes.plan.time / (each.slopes.plan.steps * std::exp2(level)) / mean);
      const Estimate& slope = each.slopes.slope[level];
      bias.push_back({std::abs(slope.value - limit) / limit, slope.standard_error / limit});
      line.push_back(bias.front().value * std::pow(x.back() / x.front(), each.slopes.plan.order));
    }
    exponents.series.push_back(points(title(each.model), x, bias, colour));
    exponents.series.push_back(curve("", x, line, colour, SeriesStyle::dotted));
    const auto h = geometric(1.0 / 400.0, 0.25, 40);
    std::vector<double> excess;
    for (const double unit : h) {
      const double angle = std::atan2(std::sqrt(covariance->conditional_variance(unit * mean)),
                                      covariance->value(unit * mean));
      excess.push_back(unit * std::numbers::pi / angle - 1.0);
    }
    means.series.push_back(curve("", h, excess, colour));
    std::vector<double> at;
    std::vector<Estimate> simulated;
    for (std::size_t level = 0; level < kParts.size(); ++level) {
      const Estimate change = each.paths[level].sign_change();
      at.push_back(1.0 / kParts[level]);
      const double relative = 1.0 / (kParts[level] * change.value);
      simulated.push_back({relative - 1.0, relative * change.standard_error / change.value});
    }
    means.series.push_back(points("", at, simulated, colour));
    ++colour;
  }
  means.y.from = 1e-5;
  return {"bias",
          "Bias of grids",
          "Left: exponents by quasi-Monte Carlo, against the exact or the extrapolated value; dotted, the "
          "expected order. Right: mean intervals, lines exact, points simulated.",
          {exponents, means},
          2};
}

void grid_bias(Run& run, const GridBiasJob& job) {
  const auto all = examine(run, job);
  Agreement agreement;
  run.publish(slope_table(all));
  run.publish(mean_table(all, agreement));
  run.publish(figure_of(all));
  Finding finding{"C11"};
  finding.rows = "table means";
  finding.value = agreement.largest;
  finding.measured = fmt::format("{} of {} within 3 SE, largest {:.1f}", agreement.within_three,
                                 agreement.values, agreement.largest);
  if (agreement.missing > 0) {
    finding.remark = "values are missing: tasks failed";
  } else {
    finding.verdict = agreement.largest < 4.0 ? Verdict::reproduced : Verdict::not_reproduced;
  }
  run.settle(finding);
}

}  // namespace

void validate(const GridBiasJob& job, const JobTable& table) {
  require_grids(job.grids, table);
}

Experiment grid_bias_experiment() {
  return experiment<GridBiasJob>(
      "grid_bias", "What a grid does",
      "Exponents, mean intervals and distributions on grids of decreasing step, and the orders of their bias "
      "(E8).",
      grid_bias,
      {{"C11", "Neighbours on a grid change sign with probability arccos r(h)/pi", "?", "[derived]",
        "simulated within 4 SE on four grids, for four covariances", "any"}});
}

}  // namespace reprise::slepian
