#pragma once

#include <span>
#include <vector>

#include "workers/deep_probability/logits.hpp"

namespace reprise::deep_probability {

// Calibrated probability estimation (CaPE): soft targets for the training samples from the model's own
// ranking of them (Liu et al., ICML 2022; details as in their code). Constants during an epoch; no gradient
// flows into them. They need predictions of a model that has not memorised its labels: of one that has, they
// are the labels again.

/// CaPE-bin: samples in the order of their predictions (ties by index) are dealt into bins of sizes that
/// differ by 1 at most; a target is its bin's share of events. The targets' sum is the labels'.
[[nodiscard]] std::vector<double> bin_targets(std::span<const double> predicted, Labels labels, int bins);

/// CaPE-kde: the mean of labels with weights exp(-((p_j - p_i)/bandwidth)^2 / 2) over `window` places to the
/// left in the same order, the sample itself, and window - 1 to the right. Their sum need not be the labels'.
[[nodiscard]] std::vector<double> kernel_targets(std::span<const double> predicted, Labels labels,
                                                 double bandwidth, int window);

/// Beyond the paper, without a parameter: the non-decreasing function of the prediction that is nearest to
/// the labels. Equal predictions have equal targets; the targets' sum is the labels'.
[[nodiscard]] std::vector<double> isotonic_targets(std::span<const double> predicted, Labels labels);

}  // namespace reprise::deep_probability
