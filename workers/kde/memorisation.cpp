#include "workers/kde/memorisation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "workers/common/presentation.hpp"
#include "workers/kde/own_weight.hpp"
#include "workers/kde/thresholds.hpp"

namespace reprise::kde {
namespace {

std::vector<OwnWeightInput> inputs_of(const Memorisation& job, std::int32_t dim, double multiple) {
  constexpr std::uint64_t kBlock = 50;
  const double h_c = memorisation_bandwidth(isotropic(), job.load);
  const auto draws = static_cast<std::uint64_t>(job.draws);
  std::vector<OwnWeightInput> inputs;
  for (std::uint64_t first = 0; first < draws; first += kBlock) {
    inputs.push_back(
        {dim, job.load * dim, multiple * h_c, job.nearest, first, std::min(kBlock, draws - first)});
  }
  return inputs;
}

void memorisation(Run& run, const Memorisation& job) {
  std::vector<Results<OwnWeights>> blocks;
  for (const int dim : job.dimensions) {
    for (const double multiple : job.multiples)
      blocks.push_back(
          run.map(kOwnWeights, inputs_of(job, dim, multiple), fmt::format("own weights, d = {}", dim)));
  }
  Panel panel{"",
              {"h/h_C"},
              {"own weight p₁"},
              {curve("d → ∞", {job.multiples.front(), 1.0, 1.0, job.multiples.back()}, {1.0, 1.0, 0.0, 0.0},
                     7, SeriesStyle::dashed)}};
  std::vector<double> dims, multiples, limit, theory_mean, found;
  std::vector<Estimate> simulated, difference;
  for (std::size_t i = 0; i < job.dimensions.size(); ++i) {
    const std::size_t first = simulated.size();
    for (std::size_t k = 0; k < job.multiples.size(); ++k) {
      std::vector<double> weights, expected, gaps;
      const auto& rows = blocks[i * job.multiples.size() + k];
      for (std::size_t b = 0; b < rows.size(); ++b) {
        const auto block = rows.get(b);
        for (std::size_t draw = 0; block && draw < block->simulated.size(); ++draw) {
          weights.push_back(block->simulated[draw]);
          expected.push_back(block->expected[draw]);
          gaps.push_back(weights.back() - expected.back());
        }
      }
      dims.push_back(job.dimensions[i]);
      multiples.push_back(job.multiples[k]);
      limit.push_back(job.multiples[k] < 1.0 ? 1.0 : job.multiples[k] > 1.0 ? 0.0 : 0.5);
      theory_mean.push_back(mean_of(expected).value);
      simulated.push_back(mean_of(weights));
      difference.push_back(mean_of(gaps));
      found.push_back(static_cast<double>(weights.size()));
    }
    const auto tail = [first](const auto& all) {
      return std::vector(all.begin() + static_cast<std::ptrdiff_t>(first), all.end());
    };
    panel.series.push_back(curve(fmt::format("theory, d = {}", job.dimensions[i]), job.multiples,
                                 tail(theory_mean), static_cast<int>(i)));
    panel.series.push_back(points(fmt::format("simulated, d = {}", job.dimensions[i]), job.multiples,
                                  tail(simulated), static_cast<int>(i)));
  }
  run.publish(
      Figure{"own_weight",
             "Own weight of a sample of the estimate",
             fmt::format("x = y_1 + h z; alpha = {:g}, h_C = {:.4f}, {} samples for each point; lines: data "
                         "sets averaged over by the theory at finite size, for the same samples.",
                         job.load, memorisation_bandwidth(isotropic(), job.load), job.draws),
             {panel}});
  run.publish(Table{
      "own_weight",
      "Own weight",
      fmt::format(
          "Means over samples, {} asked for in each row; the verdict is on the difference sample by sample.",
          job.draws),
      {parameter("dim", "d", "", dims), parameter("multiple", "h/h_C", "", multiples), published(dims.size()),
       theory("limit", "d → ∞", "", limit), theory("finite", "at (d, n)", "", theory_mean),
       measured("simulated", "simulated", "", simulated),
       measured("difference", "simulated − theory", "", difference),
       verdict(difference, std::vector<double>(difference.size(), 0.0)),
       Column{"samples", "samples", "", Role::parameter, found}}});
  run.note(fmt::format(
      "Beyond the paper: a sampler of the estimate (or a diffusion model that has learnt it) copies its data "
      "below h_C; at alpha = {:g} an Ornstein-Uhlenbeck diffusion collapses on them at t_C = {:.4f}.",
      job.load, collapse_time(1.0, job.load)));
}

}  // namespace

void validate(const Memorisation& job, const JobTable& table) {
  table.require(job.load > 0.05 && job.load <= 5, "load", "must be above 0.05 and at most 5");
  table.require(!job.dimensions.empty() &&
                    std::ranges::all_of(job.dimensions, [](int d) { return d >= 2 && d <= 2000; }),
                "dimensions", "must name dimensions from 2 to 2000");
  table.require(!job.multiples.empty() && std::ranges::is_sorted(job.multiples) &&
                    job.multiples.front() >= 0.2 && job.multiples.back() <= 5,
                "multiples", "must rise, from 0.2 to 5 (times h_C)");
  table.require(job.draws >= 2 && job.draws <= 10000000, "draws", "must be from 2 to 10000000");
  table.require(job.nearest >= 50 && job.nearest <= 1e6, "nearest", "must be from 50 to 1000000");
}

OwnWeights own_weights(const OwnWeightInput& input, TaskContext& context) {
  const OwnWeightSetting setting{
      .dim = input.dim, .log_points = input.log_points, .bandwidth = input.bandwidth};
  const RandomKey key = random_key(context.seed(), context.key().high, context.key().low);
  OwnWeights weights;
  for (std::uint64_t draw = 0; draw < input.draws; ++draw) {
    weights.simulated.push_back(simulated_own_weight(setting, key, draw, input.nearest));
    weights.expected.push_back(expected_own_weight(setting, key, draw));
  }
  return weights;
}

double seconds(const OwnWeightInput& input) {
  constexpr double kDraw = 0.006;
  return kDraw * static_cast<double>(input.draws);
}

Experiment memorisation_experiment() {
  return experiment<Memorisation>(
      "memorisation", "Memorisation",
      "A sample of the estimate itself: the share of the kernel sum that its generating data point has steps "
      "from one to zero at h_C (E11, beyond the paper).",
      memorisation);
}

}  // namespace reprise::kde
