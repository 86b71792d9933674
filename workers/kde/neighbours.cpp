#include "workers/kde/neighbours.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/random/distributions.hpp"
#include "kernels/statistics/quantile.hpp"
#include "workers/common/presentation.hpp"
#include "workers/kde/index_estimators.hpp"
#include "workers/kde/top_k_sampler.hpp"

namespace reprise::kde {
namespace {

const std::vector<std::int32_t> kCounts{5, 10, 20};
constexpr int kRegimeCount = 10;

Estimate nearest_distance(const Results<DensityEstimate>& estimates, double dim) {
  RunningMoments means;
  for (std::size_t i = 0; i < estimates.size(); ++i) {
    const auto one = estimates.get(i);
    if (!one) continue;
    const std::size_t kept = one->nearest_squared.shape.at(1);
    double sum = 0.0;
    for (std::size_t q = 0; q < one->squared_norm.size(); ++q) sum += one->nearest_squared.values[q * kept];
    means.add(sum / static_cast<double>(one->squared_norm.size()) / dim);
  }
  return {means.mean(), means.standard_error()};
}

/// Column c of all slopes (-1: nearest distances), over queries.
Estimate over_queries(const Results<Slopes>& blocks, int column) {
  RunningMoments moments;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const auto block = blocks.get(i);
    for (std::size_t q = 0; block && q < block->nearest_squared.size(); ++q) {
      moments.add(column < 0 ? block->nearest_squared[q]
                             : block->slope.values[q * kCounts.size() + static_cast<std::size_t>(column)]);
    }
  }
  return {moments.mean(), moments.standard_error()};
}

std::vector<SlopesInput> slope_inputs(const StudyCase& one, const Neighbours& job) {
  constexpr std::uint64_t kBlock = 50;
  std::vector<SlopesInput> inputs;
  const auto queries = static_cast<std::uint64_t>(job.simulated_queries);
  for (std::uint64_t first = 0; first < queries; first += kBlock) {
    inputs.push_back({one.law, one.log_points(), first, std::min(kBlock, queries - first),
                      static_cast<std::uint64_t>(job.simulated_data_sets), kCounts});
  }
  return inputs;
}

/// "agrees" where two measured values differ by less than three of their joint errors.
std::vector<double> values_of(const std::vector<Estimate>& estimates) {
  std::vector<double> values;
  for (const Estimate& each : estimates) values.push_back(each.value);
  return values;
}

std::vector<Estimate> with_joint_error(std::vector<Estimate> one, const std::vector<Estimate>& other) {
  for (std::size_t i = 0; i < one.size(); ++i) {
    one[i].standard_error = std::hypot(one[i].standard_error, other[i].standard_error);
  }
  return one;
}

void nearest_neighbours(Run& run, const Neighbours& job) {
  const std::vector<StudyCase> all = cases(job.study);
  std::vector<Results<DensityEstimate>> estimates;
  std::vector<Results<Slopes>> blocks;
  for (const StudyCase& one : all) {
    estimates.push_back(map_data_sets(run, job.study, one));
    blocks.push_back(run.map(kSlopes, slope_inputs(one, job), "simulated neighbours, " + one.title()));
  }
  std::vector<std::string> quantity;
  std::vector<double> limit, finite;
  std::vector<Estimate> simulated, brute;
  std::vector<double> medians;
  Figure figure{"slopes",
                "Edge slope from the k nearest neighbours",
                "Means over x ~ rho; lines are the edge at typical x, of infinite d and of this (d, n).",
                {},
                std::min<int>(3, static_cast<int>(all.size()))};
  for (std::size_t i = 0; i < all.size(); ++i) {
    const LargeDeviations typical(spectrum(all[i].law));
    const Edge edge = asymptotic_edge(typical, all[i].load());
    const Edge shifted = finite_size_edge(typical, all[i].law.dim, all[i].log_points());
    const std::size_t first = brute.size();
    for (std::size_t c = 0; c < kCounts.size(); ++c) {
      const MeasuredSlope slope = measured_slope(estimates[i], kCounts[c]);
      quantity.push_back(fmt::format("{}: λ̂ for k = {}", all[i].title(), kCounts[c]));
      limit.push_back(edge.lambda);
      finite.push_back(shifted.lambda);
      brute.push_back(slope.mean);
      medians.push_back(slope.median);
      simulated.push_back(over_queries(blocks[i], static_cast<int>(c)));
    }
    quantity.push_back(fmt::format("{}: nearest |x − y|²/d", all[i].title()));
    limit.push_back(edge.nearest_scale);
    finite.push_back(shifted.nearest_scale);
    brute.push_back(nearest_distance(estimates[i], all[i].law.dim));
    medians.push_back(std::numeric_limits<double>::quiet_NaN());
    simulated.push_back(over_queries(blocks[i], -1));
    simulated.back() = scaled({simulated.back()}, all[i].law.dim).front();
    const std::vector<double> k(kCounts.begin(), kCounts.end());
    const auto slopes_of = [&](const std::vector<Estimate>& values) {
      const auto from = values.begin() + static_cast<std::ptrdiff_t>(first);
      return std::vector<Estimate>(from, from + static_cast<std::ptrdiff_t>(kCounts.size()));
    };
    Panel panel{all[i].title(), {"number k of neighbours"}, {"slope λ̂", "σ⁻²"}, {}};
    panel.x.from = 0;
    panel.x.to = 25;
    panel.series = {points("simulated (nearest points)", k, slopes_of(simulated), 0),
                    points("brute force", k, slopes_of(brute), 1)};
    panel.marks = {{edge.lambda, "λ*, d → ∞", false}, {shifted.lambda, "λ at (d, n)", false}};
    figure.panels.push_back(std::move(panel));
  }
  run.publish(std::move(figure));
  auto column = verdict(with_joint_error(brute, simulated), values_of(simulated));
  column.label = "brute force and simulation";
  run.publish(Table{
      "neighbours",
      "Nearest neighbours",
      fmt::format("Means over x ~ rho with errors from data sets; the simulation has {} x with {} data sets "
                  "each. Regimes of a user's own data are told from the median.",
                  job.simulated_queries, job.simulated_data_sets),
      {parameter("quantity", "quantity", quantity), published(quantity.size()),
       theory("limit", "d → ∞, typical x", "", limit), theory("finite", "at (d, n), typical x", "", finite),
       measured("simulated", "simulated", "", simulated), measured("brute_force", "brute force", "", brute),
       Column{"median", "its median over x", "", Role::measured, medians}, column}});
}

}  // namespace

void validate(const Neighbours& job, const JobTable& table) {
  table.require(job.simulated_queries >= 2 && job.simulated_queries <= 1000000, "simulated_queries",
                "must be from 2 to 1000000");
  table.require(job.simulated_data_sets >= 1 && job.simulated_data_sets <= 100000, "simulated_data_sets",
                "must be from 1 to 100000");
}

Slopes simulate_slopes(const SlopesInput& input, TaskContext& context) {
  const Spectrum data = spectrum(input.law);
  expects(input.law.shape == SpectrumShape::isotropic, "neighbour slopes are simulated for isotropic data");
  const auto most = static_cast<std::size_t>(std::ranges::max(input.neighbours));
  const RandomKey key = random_key(context.seed(), context.key().high, context.key().low);
  Slopes result;
  result.slope.shape = {input.queries, input.neighbours.size()};
  for (std::uint64_t q = 0; q < input.queries; ++q) {
    Philox random(derive(key, 0), q);
    const double squared_norm = 2.0 * gamma(random, 0.5 * input.law.dim);
    const TopKSampler sampler(
        DistanceLaw(LargeDeviations(data, {squared_norm / input.law.dim}), input.law.dim), input.log_points,
        3.0 * static_cast<double>(most) + 30.0);
    RunningMoments distance;
    std::vector<RunningMoments> slope(input.neighbours.size());
    for (std::uint64_t set = 0; set < input.data_sets; ++set) {
      const auto nearest = nearest_squared_distances(sampler.draw(derive(key, 1 + q), set), most + 1);
      distance.add(nearest.front());
      for (std::size_t c = 0; c < slope.size(); ++c)
        slope[c].add(neighbour_slope(nearest, input.neighbours[c]));
    }
    result.nearest_squared.push_back(distance.mean());
    for (const RunningMoments& each : slope) result.slope.values.push_back(each.mean());
  }
  return result;
}

double seconds(const SlopesInput& input) {
  constexpr double kLaw = 0.006;
  constexpr double kDraw = 2e-5;
  return static_cast<double>(input.queries) * (kLaw + kDraw * static_cast<double>(input.data_sets));
}

MeasuredSlope measured_slope(const Results<DensityEstimate>& estimates, int k) {
  RunningMoments means;
  std::vector<double> all;
  for (std::size_t i = 0; i < estimates.size(); ++i) {
    const auto one = estimates.get(i);
    if (!one) continue;
    const std::size_t kept = one->nearest_squared.shape.at(1);
    RunningMoments mean;
    for (std::size_t q = 0; q < one->squared_norm.size(); ++q) {
      all.push_back(neighbour_slope(std::span(one->nearest_squared.values).subspan(q * kept, kept), k));
      mean.add(all.back());
    }
    means.add(mean.mean());
  }
  return {{means.mean(), means.standard_error()},
          all.empty() ? std::numeric_limits<double>::quiet_NaN() : median(all)};
}

std::vector<double> measured_slopes(Run& run, const BruteForceStudy& study) {
  std::vector<double> slopes;
  for (const StudyCase& one : cases(study)) {
    slopes.push_back(measured_slope(map_data_sets(run, study, one), kRegimeCount).median);
  }
  return slopes;
}

Experiment neighbours_experiment() {
  return experiment<Neighbours>(
      "neighbours", "Nearest neighbours",
      "Distance of the nearest neighbour and the edge slope lambda_hat from the k nearest "
      "ones, by brute force and by simulation, beside the edge's theory (E8).",
      nearest_neighbours);
}

}  // namespace reprise::kde
