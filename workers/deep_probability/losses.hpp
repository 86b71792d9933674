#pragma once

#include <span>
#include <vector>

#include "workers/deep_probability/logits.hpp"

namespace reprise::deep_probability {

/// Loss of a batch, the mean over its samples, with its gradient. In double precision whatever the logits
/// are.
struct LossValue {
  double value = 0.0;            ///< nat
  std::vector<double> gradient;  ///< [n, 2], with respect to the logits
};

// Losses of Liu et al., ICML 2022, and its baselines. `target` is the probability of the event that a sample
// is to be given, [n]; losses that take outcomes want each 0 or 1. All throw std::invalid_argument on empty
// batches, on sizes that differ and on targets that are out of range. The training of each is in the paper's
// code.

/// -mean[t log p + (1 - t) log(1 - p)]: of labels, or of CaPE's soft targets.
[[nodiscard]] LossValue cross_entropy(LogitView logits, std::span<const double> target);

/// Cross-entropy with targets (1 - smoothing) t + smoothing/2 (Szegedy et al., CVPR 2016).
[[nodiscard]] LossValue smoothed_cross_entropy(LogitView logits, std::span<const double> target,
                                               double smoothing = 0.1);

/// -mean[(1 - p_t)^focus log p_t] with the probability p_t of the outcome (Lin et al., ICCV 2017). Not a
/// proper loss.
[[nodiscard]] LossValue focal_loss(LogitView logits, std::span<const double> outcome, double focus = 2.0);

/// Cross-entropy - strength mean entropy(p) (Pereyra et al., 2017). Not a proper loss.
[[nodiscard]] LossValue confidence_penalty(LogitView logits, std::span<const double> target,
                                           double strength = 1.0);

}  // namespace reprise::deep_probability
