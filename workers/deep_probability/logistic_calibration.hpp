#pragma once

#include <array>

#include "workers/deep_probability/logits.hpp"

namespace reprise::deep_probability {

/// Platt scaling in the form of Liu et al., ICML 2022: a logistic regression on both logits.
struct PlattScaling {
  std::array<double, 2> weight{};  ///< of l_0 and l_1
  double intercept = 0.0;

  [[nodiscard]] std::vector<double> apply(LogitView logits) const;
};

/// Minimises |weight|^2/2 + sum of log-losses; the intercept is free.
[[nodiscard]] PlattScaling fit_platt(LogitView logits, Labels labels);

/// Dirichlet calibration (Kull et al., NeurIPS 2019): softmax(W log softmax(l) + b). With two classes only
/// the differences of W's rows and of b's entries matter, and W can always be made diagonal, which the
/// penalty on what is off the diagonal prefers: it has no effect here. So this is a logistic regression on
/// the two log-probabilities (derived), also known as beta calibration.
struct DirichletCalibration {
  std::array<double, 2> weight{};  ///< of log(1 - p) and log p
  double intercept = 0.0;

  [[nodiscard]] std::vector<double> apply(LogitView logits) const;
};

/// Minimises the log-loss without penalties. Probabilities are clipped to [2.22e-16, 1 - 2.22e-16].
[[nodiscard]] DirichletCalibration fit_dirichlet(LogitView logits, Labels labels);

}  // namespace reprise::deep_probability
