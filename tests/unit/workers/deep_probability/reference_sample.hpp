#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "kernels/numerics/sigmoid.hpp"
#include "kernels/random/hash_rng.hpp"
#include "workers/deep_probability/logits.hpp"

namespace reprise::deep_probability {

/// Made-up logits with known true probabilities, that anyone can make again in any language; reference values
/// below the tests come from an independent implementation on it.
struct ReferenceSample {
  std::vector<double> logits;
  std::vector<double> truth;
  std::vector<std::uint8_t> labels;
  std::vector<double> predicted;
};

inline ReferenceSample reference_sample(std::uint64_t seed = 5, std::uint64_t count = 200) {
  ReferenceSample sample;
  for (std::uint64_t i = 0; i < count; ++i) {
    const double log_odds = 6.0 * (HashRng(seed, 10).uniform(i) - 0.5);
    const double common = 0.3 * (HashRng(seed, 11).uniform(i) - 0.5);
    sample.logits.push_back(-log_odds / 2.0 + common);
    sample.logits.push_back(log_odds / 2.0 + common);
    sample.truth.push_back(sigmoid(0.6 * log_odds + 0.4));
    sample.labels.push_back(HashRng(seed, 12).uniform(i) < sample.truth.back() ? 1 : 0);
    sample.predicted.push_back(sigmoid(log_odds));
  }
  return sample;
}

/// Predictions with many ties.
inline std::vector<double> to_one_decimal(std::vector<double> values) {
  for (double& value : values) {
    value = std::round(10.0 * value) / 10.0;
  }
  return values;
}

}  // namespace reprise::deep_probability
