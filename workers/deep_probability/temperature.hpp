#pragma once

#include "workers/deep_probability/logits.hpp"

namespace reprise::deep_probability {

/// softmax(l/T) (Guo et al., ICML 2017).
struct Temperature {
  double temperature = 1.0;

  [[nodiscard]] std::vector<double> apply(LogitView logits) const;
};

/// Minimises the log-loss of the given logits, convex in 1/T, by Newton's method. Never below 1/T = 1e-3.
[[nodiscard]] Temperature fit_temperature(LogitView logits, Labels labels);

}  // namespace reprise::deep_probability
