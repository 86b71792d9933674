#include "workers/kde/simulated_sums.hpp"

#include <algorithm>
#include <cmath>

#include "workers/kde/top_k_sampler.hpp"

namespace reprise::kde {

SimulatedSums simulate_sums(const SimulatedSumsInput& input, TaskContext& context) {
  constexpr int kNodes = 20000;
  const TopKSampler sampler(DistanceLaw(LargeDeviations(spectrum(input.law)), input.law.dim, kNodes),
                            input.log_points, input.nearest);
  std::vector<TopKSum> sums;
  for (const double h : input.bandwidths)
    sums.emplace_back(sampler, h, RadialKernel{input.kernel, input.degrees_of_freedom});
  const RandomKey key = random_key(context.seed(), context.key().high, context.key().low);
  SimulatedSums result;
  for (std::uint64_t i = 0; i < input.data_sets; ++i) {
    const NearestPoints points = sampler.draw(key, i);
    for (const TopKSum& sum : sums) {
      const SampledSum one = sum(points);
      result.log_sum.values.push_back(one.log_sum);
      result.centred.values.push_back(one.centred);
      result.participation.values.push_back(static_cast<float>(one.participation));
      result.largest_weight.values.push_back(static_cast<float>(one.largest_weight));
      result.entropy.values.push_back(static_cast<float>(one.entropy));
    }
  }
  const std::vector<std::uint64_t> shape{input.data_sets, input.bandwidths.size()};
  result.log_sum.shape = result.centred.shape = shape;
  result.participation.shape = result.largest_weight.shape = result.entropy.shape = shape;
  return result;
}

double seconds(const SimulatedSumsInput& input) {
  constexpr double kDraw = 8e-8;
  constexpr double kWeight = 2e-9;
  const double weight = input.kernel == KernelShape::gaussian ? kWeight : 10.0 * kWeight;
  const double point = kDraw + weight * static_cast<double>(input.bandwidths.size());
  return 0.01 + static_cast<double>(input.data_sets) * input.nearest * point;
}

SimulatedSumsInput at_indices(double load, std::int32_t dim, const std::vector<double>& indices,
                              double nearest) {
  SimulatedSumsInput input{{SpectrumShape::isotropic, 0.0, dim}, load * dim};
  const Edge edge = finite_size_edge(LargeDeviations(isotropic()), dim, input.log_points);
  for (const double index : indices) input.bandwidths.push_back(std::sqrt(index / edge.lambda));
  input.nearest = nearest;
  return input;
}

std::vector<SimulatedSumsInput> simulated_blocks(SimulatedSumsInput first, std::uint64_t data_sets) {
  constexpr std::uint64_t kBlock = 1000;
  std::vector<SimulatedSumsInput> blocks;
  for (std::uint64_t from = 0; from < data_sets; from += kBlock) {
    first.first_data_set = from;
    first.data_sets = std::min(kBlock, data_sets - from);
    blocks.push_back(first);
  }
  return blocks;
}

SumsByBandwidth by_bandwidth(const Results<SimulatedSums>& blocks) {
  SumsByBandwidth all;
  const auto append = [](std::vector<std::vector<double>>& columns, const auto& array) {
    columns.resize(array.shape.at(1));
    for (std::size_t at = 0; at < array.values.size(); ++at) {
      columns[at % columns.size()].push_back(static_cast<double>(array.values[at]));
    }
  };
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const auto block = blocks.get(i);
    if (!block) continue;
    append(all.log_sum, block->log_sum);
    append(all.centred, block->centred);
    append(all.participation, block->participation);
    append(all.largest_weight, block->largest_weight);
    append(all.entropy, block->entropy);
  }
  return all;
}

}  // namespace reprise::kde
