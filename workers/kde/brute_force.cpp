#include "workers/kde/brute_force.hpp"

#include <algorithm>

#include "kernels/density/log_density.hpp"
#include "kernels/expects.hpp"
#include "workers/kde/gaussian_data.hpp"

namespace reprise::kde {
namespace {

struct Setting {
  GaussianData data;
  std::vector<float> queries;
  BandwidthGrid grid;
  DensityOptions options;
};

std::span<const float> query(const Setting& setting, std::size_t q) {
  return std::span(setting.queries).subspan(q * setting.data.dim(), setting.data.dim());
}

double squared_norm(const Setting& setting, std::size_t q) {
  double sum = 0.0;
  for (const float value : query(setting, q)) sum += static_cast<double>(value) * static_cast<double>(value);
  return sum;
}

Setting setting_of(const BruteForceSample& sample, std::uint64_t seed) {
  Setting setting{{data_key(seed, sample.law, sample.points, sample.data_set),
                   deviations(spectrum(sample.law), sample.law.dim)},
                  query_points(seed, sample.law, sample.query, sample.query_set, 0, sample.queries),
                  BandwidthGrid::chained(sample.bandwidths),
                  {.nearest = static_cast<std::size_t>(sample.nearest)}};
  double largest = 0.0;
  for (std::size_t q = 0; q < sample.queries; ++q) largest = std::max(largest, squared_norm(setting, q));
  expects(single_precision_suffices(largest, std::ranges::min(sample.bandwidths),
                                    distance_method<float>(setting.data.dim())),
          "bandwidths are too narrow for sums in single precision: raise the least one");
  return setting;
}

std::vector<DensityState> part_states(const Setting& setting, const BruteForceSample& sample,
                                      std::uint64_t part) {
  std::vector<DensityState> states(sample.queries,
                                   DensityState(setting.grid.size(), setting.options.nearest, true));
  const std::uint64_t end = std::min(sample.points, (part + 1) * kPartPoints);
  for (std::uint64_t first = part * kPartPoints; first < end; first += kPointBlock) {
    merge_states(states,
                 brute_force_block(setting.data, sample.points, first / kPointBlock, setting.queries,
                                   setting.grid, setting.options),
                 setting.grid);
  }
  return states;
}

PartialSums pack(const std::vector<DensityState>& states, std::size_t bandwidths, std::size_t nearest) {
  PartialSums sums;
  const std::uint64_t queries = states.size();
  for (auto* array : {&sums.sum, &sums.sum_of_squares, &sums.excess}) array->shape = {queries, bandwidths};
  const std::uint64_t kept = states.empty() ? nearest : states.front().nearest.size();
  sums.neighbour_squared.shape = sums.neighbour_index.shape = {queries, kept};
  for (const DensityState& state : states) {
    sums.count = state.count;
    sums.nearest_squared.push_back(state.nearest_squared);
    sums.sum.values.insert(sums.sum.values.end(), state.sum.begin(), state.sum.end());
    sums.sum_of_squares.values.insert(sums.sum_of_squares.values.end(), state.sum_of_squares.begin(),
                                      state.sum_of_squares.end());
    sums.excess.values.insert(sums.excess.values.end(), state.excess.begin(), state.excess.end());
    for (const Neighbour& neighbour : state.nearest) {
      sums.neighbour_squared.values.push_back(neighbour.squared_distance);
      sums.neighbour_index.values.push_back(neighbour.index);
    }
  }
  return sums;
}

std::vector<DensityState> unpack(const PartialSums& sums, std::size_t nearest) {
  const std::size_t bandwidths = sums.sum.shape.at(1);
  const std::size_t kept = sums.neighbour_squared.shape.at(1);
  std::vector<DensityState> states(sums.nearest_squared.size(), DensityState(bandwidths, nearest, true));
  for (std::size_t q = 0; q < states.size(); ++q) {
    DensityState& state = states[q];
    state.nearest_squared = sums.nearest_squared[q];
    state.count = sums.count;
    const auto row = static_cast<std::ptrdiff_t>(q * bandwidths);
    std::copy_n(sums.sum.values.begin() + row, bandwidths, state.sum.begin());
    std::copy_n(sums.sum_of_squares.values.begin() + row, bandwidths, state.sum_of_squares.begin());
    std::copy_n(sums.excess.values.begin() + row, bandwidths, state.excess.begin());
    for (std::size_t i = q * kept; i < (q + 1) * kept; ++i) {
      state.nearest.push_back({sums.neighbour_squared.values[i], sums.neighbour_index.values[i]});
    }
  }
  return states;
}

DensityEstimate describe(const Setting& setting, const std::vector<DensityState>& states) {
  DensityEstimate estimate;
  const std::size_t dim = setting.data.dim();
  const std::uint64_t bandwidths = setting.grid.size();
  estimate.log_estimate.shape = estimate.participation.shape = estimate.largest_weight.shape =
      estimate.entropy.shape = {states.size(), bandwidths};
  estimate.nearest_squared.shape = {states.size(), states.empty() ? 0 : states.front().nearest.size()};
  for (std::size_t q = 0; q < states.size(); ++q) {
    estimate.squared_norm.push_back(squared_norm(setting, q));
    estimate.log_density.push_back(log_density_of(setting.data, query(setting, q)));
    for (std::size_t k = 0; k < bandwidths; ++k) {
      estimate.log_estimate.values.push_back(log_density(states[q], setting.grid, k, dim));
      estimate.participation.values.push_back(static_cast<float>(participation(states[q], k)));
      estimate.largest_weight.values.push_back(static_cast<float>(largest_weight(states[q], k)));
      estimate.entropy.values.push_back(static_cast<float>(weight_entropy(states[q], setting.grid, k)));
    }
    for (const Neighbour& neighbour : states[q].nearest) {
      estimate.nearest_squared.values.push_back(neighbour.squared_distance);
    }
  }
  return estimate;
}

/// Measured on one core: a weight costs 0.2 ns, a coordinate of a distance 0.1 ns, a normal 2.6 ns.
double pass_seconds(const BruteForceSample& sample, double points) {
  const auto dim = static_cast<double>(sample.law.dim);
  const double pair = 1.5 + 0.1 * dim + 0.2 * static_cast<double>(sample.bandwidths.size());
  return points * (2.6 * dim + static_cast<double>(sample.queries) * pair) * 1e-9;
}

}  // namespace

std::uint64_t part_count(const BruteForceSample& sample) {
  return std::max<std::uint64_t>(1, (sample.points + kPartPoints - 1) / kPartPoints);
}

PartialSums sum_part(const DataPart& input, TaskContext& context) {
  const Setting setting = setting_of(input.sample, context.seed());
  return pack(part_states(setting, input.sample, input.part), setting.grid.size(), setting.options.nearest);
}

DensityEstimate estimate_density(const BruteForceInput& input, TaskContext& context) {
  const Setting setting = setting_of(input.sample, context.seed());
  std::vector<DensityState> states(input.sample.queries,
                                   DensityState(setting.grid.size(), setting.options.nearest, true));
  if (input.parts.empty()) {
    for (std::uint64_t part = 0; part < part_count(input.sample); ++part) {
      merge_states(states, part_states(setting, input.sample, part), setting.grid);
    }
  }
  for (const auto& part : input.parts) {
    merge_states(states, unpack(context.result(part), setting.options.nearest), setting.grid);
  }
  return describe(setting, states);
}

double seconds(const DataPart& input) {
  return pass_seconds(input.sample, static_cast<double>(kPartPoints));
}

double seconds(const BruteForceInput& input) {
  constexpr double kMerge = 0.05;
  return input.parts.empty() ? pass_seconds(input.sample, static_cast<double>(input.sample.points))
                             : kMerge * static_cast<double>(input.parts.size());
}

}  // namespace reprise::kde
