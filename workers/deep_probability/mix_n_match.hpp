#pragma once

#include <array>

#include "workers/deep_probability/logits.hpp"

namespace reprise::deep_probability {

/// Ensemble temperature scaling (Zhang, Kailkhura and Han, "Mix-n-Match", ICML 2020):
/// w_0 softmax(l/T) + w_1 softmax(l) + w_2/2.
struct MixNMatch {
  double temperature = 1.0;
  std::array<double, 3> weight{0.0, 1.0, 0.0};  ///< w, not negative, of sum 1

  [[nodiscard]] std::vector<double> apply(LogitView logits) const;
};

/// The temperature in [0.05, 5] of the least squared error first, then the weights of the least squared
/// error, exactly.
[[nodiscard]] MixNMatch fit_mix_n_match(LogitView logits, Labels labels);

}  // namespace reprise::deep_probability
