#pragma once

#include <span>

#include "workers/deep_probability/logits.hpp"

namespace reprise::deep_probability {

// Scores of predicted probabilities of the event, one a sample, in the definitions of the code of Liu et al.,
// ICML 2022. All throw std::invalid_argument when there are no samples or sizes differ.

/// Distance to the true probabilities, where these are known.
struct TruthMetrics {
  double squared_error = 0.0;       ///< MSE_p = mean (predicted - true)^2
  double divergence = 0.0;          ///< KL_p = mean KL(true || predicted), nat
  double reverse_divergence = 0.0;  ///< mean KL(predicted || true), nat
};
[[nodiscard]] TruthMetrics truth_metrics(std::span<const double> predicted, std::span<const double> truth);

/// What observed outcomes tell.
struct OutcomeMetrics {
  double brier = 0.0;                      ///< mean (predicted - y)^2
  double log_loss = 0.0;                   ///< nat; predictions clipped to [1e-15, 1 - 1e-15]
  double area_under_curve = 0.0;           ///< AUC; NaN when all outcomes are the same
  double calibration_error = 0.0;          ///< ECE, 15 quantile bins
  double largest_calibration_error = 0.0;  ///< MCE, the same bins
  double kolmogorov_smirnov = 0.0;         ///< KS
  double error_percent = 0.0;              ///< 100 P((predicted > 1/2) != y)
};
[[nodiscard]] OutcomeMetrics outcome_metrics(std::span<const double> predicted, Labels labels);

[[nodiscard]] double brier_score(std::span<const double> predicted, Labels labels);
[[nodiscard]] double log_loss(std::span<const double> predicted, Labels labels);
[[nodiscard]] double error_percent(std::span<const double> predicted, Labels labels);

/// Probability that an event is predicted higher than a non-event, ties counting half (Mann and Whitney).
[[nodiscard]] double area_under_curve(std::span<const double> predicted, Labels labels);

/// Brier - MSE_p - mean (true - y)^2 has mean 0 over outcomes (derived). Far from it, outcomes aren't those
/// of the samples, or the predictions know them: they were memorised.
struct SelfCheck {
  double excess = 0.0;
  double deviation = 0.0;  ///< its standard deviation over outcomes, 2 sqrt(mean (p - g)^2 g (1 - g) / n)

  [[nodiscard]] bool holds(double deviations = 5.0) const {
    return excess <= deviations * deviation && -excess <= deviations * deviation;
  }
};
[[nodiscard]] SelfCheck self_check(std::span<const double> predicted, std::span<const double> truth,
                                   Labels labels);

}  // namespace reprise::deep_probability
