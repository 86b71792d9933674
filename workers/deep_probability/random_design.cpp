#include "workers/deep_probability/random_design.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "kernels/expects.hpp"
#include "kernels/random/hash_rng.hpp"

namespace reprise::deep_probability {
namespace {

/// first ... first + count - 1 sorted by their bits, ties by themselves.
std::vector<std::uint32_t> shuffled(const HashRng& random, std::uint32_t first, std::uint32_t count) {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> order;
  order.reserve(count);
  for (std::uint32_t i = first; i < first + count; ++i) {
    order.emplace_back(random.bits(i), i);
  }
  std::ranges::sort(order);
  std::vector<std::uint32_t> indices;
  indices.reserve(count);
  for (const auto& [bits, index] : order) {
    indices.push_back(index);
  }
  return indices;
}

std::vector<std::uint8_t> bernoulli(const HashRng& random, std::span<const double> probability) {
  std::vector<std::uint8_t> labels;
  labels.reserve(probability.size());
  for (std::size_t i = 0; i < probability.size(); ++i) {
    labels.push_back(random.uniform(i) < probability[i] ? 1 : 0);
  }
  return labels;
}

}  // namespace

Split split(std::uint64_t seed, std::uint32_t train, std::uint32_t validation, std::uint32_t test,
            const ImageCounts& images) {
  expects(train <= images.for_training && validation <= images.for_training - train,
          "training and validation samples are at most the images for them");
  expects(test <= images.for_testing, "test samples are at most the images for them");
  const std::vector<std::uint32_t> order = shuffled(HashRng(seed, 1), 0, images.for_training);
  std::vector<std::uint32_t> last = shuffled(HashRng(seed, 2), images.for_training, images.for_testing);
  last.resize(test);
  const auto middle = order.begin() + train;
  return {{order.begin(), middle}, {middle, middle + validation}, std::move(last)};
}

std::vector<std::uint32_t> epoch_order(std::uint64_t seed, std::uint64_t epoch, std::uint32_t count) {
  return shuffled(HashRng(seed, 1000 + epoch), 0, count);
}

std::vector<std::uint8_t> draw_labels(std::uint64_t seed, Scenario scenario,
                                      std::span<const double> probability) {
  return bernoulli(HashRng(seed, 100 + static_cast<std::uint64_t>(scenario)), probability);
}

std::vector<std::uint8_t> redraw_labels(std::uint64_t seed, std::uint64_t epoch, Scenario scenario,
                                        std::span<const double> probability) {
  return bernoulli(HashRng(seed, 10000 + 100 * epoch + static_cast<std::uint64_t>(scenario)), probability);
}

double conv_init(std::uint64_t parameter_seed, std::uint64_t tensor, std::uint64_t index,
                 std::uint32_t channels_out, std::uint32_t kernel) {
  expects(channels_out > 0 && kernel > 0, "a convolution has channels and a kernel");
  return std::sqrt(2.0 / (1.0 * channels_out * kernel * kernel)) *
         HashRng(parameter_seed, 200 + tensor).normal(index);
}

double fc_init(std::uint64_t parameter_seed, std::uint64_t tensor, std::uint64_t index,
               std::uint32_t inputs) {
  expects(inputs > 0, "a linear map has inputs");
  return (2.0 * HashRng(parameter_seed, 200 + tensor).uniform(index) - 1.0) / std::sqrt(1.0 * inputs);
}

}  // namespace reprise::deep_probability
