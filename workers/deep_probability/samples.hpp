#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "kernels/modules/module.hpp"

namespace reprise::deep_probability {

/// Samples with outcomes: one part of a data set.
struct SampleSet {
  /// What the network is given for some of the samples.
  std::function<nn::Tensor(std::span<const std::uint32_t> members)> batch;
  std::vector<std::uint8_t> label;  ///< [n]
  std::vector<double> probability;  ///< [n], the true one; empty where it isn't known
  [[nodiscard]] std::uint32_t count() const { return static_cast<std::uint32_t>(label.size()); }
};

struct SplitSamples {
  SampleSet training;
  SampleSet validation;
  SampleSet test;
  std::uint32_t evaluation_batch = 500;  ///< samples that are evaluated together
};

}  // namespace reprise::deep_probability
