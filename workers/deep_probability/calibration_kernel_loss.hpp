#pragma once

#include <cstdint>

#include "workers/deep_probability/losses.hpp"

namespace reprise::deep_probability {

/// How the pairs of samples are averaged.
enum class PairWeights : std::uint8_t {
  official,  ///< as in the code of both papers: means over pairs, divided by the number of pairs once more
  weighted,  ///< means over pairs
};

/// MMCE, the maximum mean calibration error (Kumar, Sarawagi and Jain, ICML 2018), as in the code of Liu et
/// al., ICML 2022: with the confidence r_i = max(p_i, 1 - p_i) and the kernel K = exp(-|r_i - r_j|/0.4),
/// sqrt(A_CC + A_II - 2 A_CI + 1e-10), averages over pairs of correct (C) and wrong (I) samples of
/// K (1 - r_i)(1 - r_j), K r_i r_j and K (1 - r_i) r_j. It is 0 with gradient 0 when all are correct or all
/// wrong. The gradient flows through r and K; which samples are correct is held fixed. Quadratic in the
/// batch.
[[nodiscard]] LossValue kernel_calibration_penalty(LogitView logits, std::span<const double> outcome,
                                                   PairWeights weights = PairWeights::official);

/// Cross-entropy + strength times the penalty.
[[nodiscard]] LossValue kernel_calibration_loss(LogitView logits, std::span<const double> outcome,
                                                double strength = 3.0,
                                                PairWeights weights = PairWeights::official);

}  // namespace reprise::deep_probability
