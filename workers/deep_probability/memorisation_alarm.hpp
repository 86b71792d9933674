#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "workers/deep_probability/logits.hpp"

namespace reprise::deep_probability {

// Beyond the paper: whether a network has begun to memorise its labels, told without the true probabilities.
// On samples that it was not trained on its Brier score is what it is; on those it was trained on, the score
// falls as soon as the predictions know the labels. A network that has not memorised has the same expected
// score on both.

/// What one epoch's predictions for training and validation samples tell.
struct MemorisationSigns {
  double gap = 0.0;                   ///< validation Brier score less that of the training samples
  double gap_error = 0.0;             ///< its standard error, over two independent sets of samples
  double memorised = 0.0;             ///< share of training samples with |p - y| < 0.1
  double validation_memorised = 0.0;  ///< the same of the validation samples: confidence, not memory
};

[[nodiscard]] MemorisationSigns memorisation_signs(std::span<const double> training, Labels training_labels,
                                                   std::span<const double> validation,
                                                   Labels validation_labels);

/// Standard errors by which the gap must be above 0: reached by chance in one epoch of 740.
inline constexpr double kAlarmErrors = 3.0;

/// The first epoch, from 0, whose gap is above 0 by more than kAlarmErrors standard errors; -1: none.
/// Training would have been stopped there, and the network of the epoch before it kept. [epochs]
[[nodiscard]] std::int32_t alarm_epoch(std::span<const double> gap, std::span<const double> gap_error);

/// The same by what only synthetic data have: the first epoch at which the self-check on the training samples
/// (`self_check`: the excess of the Brier score, in its standard deviations) is below -5. [epochs]
[[nodiscard]] std::int32_t true_alarm_epoch(std::span<const double> self_check);

}  // namespace reprise::deep_probability
