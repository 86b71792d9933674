#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "workers/deep_probability/scenario.hpp"

namespace reprise::deep_probability {

// All randomness of the experiments as pure functions of a seed, so that a resumed run needs no generator's
// state. Streams of HashRng: 1 and 2 splits, 100 + scenario labels, 200 + t parameter tensors, 1000 + epoch
// orders, 9000 bootstrap, 9001 consistency, 10000 + 100 epoch + scenario redrawn labels. Ours: the paper's
// draws are not published.

/// Indices of images, disjoint.
struct Split {
  std::vector<std::uint32_t> train;
  std::vector<std::uint32_t> validation;
  std::vector<std::uint32_t> test;
};

/// Where a split's images come from: 0 ... for_training - 1 for training and validation, the for_testing
/// indices after them for the test.
struct ImageCounts {
  std::uint32_t for_training = 60000;
  std::uint32_t for_testing = 10000;
};

/// The first images of each part in random order. Throws std::invalid_argument when there are fewer than
/// asked.
[[nodiscard]] Split split(std::uint64_t seed, std::uint32_t train, std::uint32_t validation,
                          std::uint32_t test, const ImageCounts& images = {});

/// A permutation of 0 ... count - 1: the order in which an epoch visits the training samples.
[[nodiscard]] std::vector<std::uint32_t> epoch_order(std::uint64_t seed, std::uint64_t epoch,
                                                     std::uint32_t count);

/// The epoch whose order the given epoch of a fine-tuning (CaPE or its control) takes, and the one of an
/// ensemble's member.
[[nodiscard]] constexpr std::uint64_t fine_tuning_epoch(std::uint64_t epoch) {
  return 500 + epoch;
}
[[nodiscard]] constexpr std::uint64_t member_epoch(std::uint64_t member, std::uint64_t epoch) {
  return 1000 * member + epoch;
}

/// y_i ~ Bernoulli(probability_i), once for all images.
[[nodiscard]] std::vector<std::uint8_t> draw_labels(std::uint64_t seed, Scenario scenario,
                                                    std::span<const double> probability);

/// Drawn anew for each epoch: training as if on infinitely many labels.
[[nodiscard]] std::vector<std::uint8_t> redraw_labels(std::uint64_t seed, std::uint64_t epoch,
                                                      Scenario scenario, std::span<const double> probability);

/// The seed of the parameters of a network (of the given member of an ensemble).
[[nodiscard]] constexpr std::uint64_t parameter_seed(std::uint64_t seed, std::uint64_t member = 0) {
  return 10 * seed + 11 + 100 * member;
}

/// Initial weight number `index` (row-major) of parameter tensor number `tensor`: N(0, 2/(channels_out
/// kernel^2)), He et al.'s law for the fan-out.
[[nodiscard]] double conv_init(std::uint64_t parameter_seed, std::uint64_t tensor, std::uint64_t index,
                               std::uint32_t channels_out, std::uint32_t kernel);

/// The same for weights and biases of a linear map of `inputs` numbers: uniform within 1/sqrt(inputs).
[[nodiscard]] double fc_init(std::uint64_t parameter_seed, std::uint64_t tensor, std::uint64_t index,
                             std::uint32_t inputs);

}  // namespace reprise::deep_probability
