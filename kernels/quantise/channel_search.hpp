#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/quantise/quantizer.hpp"
#include "kernels/quantise/ranges.hpp"

namespace reprise::nn {

/// Sums over rows of x [rows, channels] of (x - value)^2, for each candidate (of one group) and channel:
/// [candidates, channels]. They add up over parts of a tensor. Throws std::invalid_argument unless there are
/// whole rows.
[[nodiscard]] std::vector<double> channel_errors(std::span<const Quantizer> candidates, std::int64_t channels,
                                                 std::span<const float> x);

/// A symmetric quantizer of one scale for most channels and one that is a power of two wider for outlying
/// ones (TSPTQ-ViT, Y.-S. Tai et al., ICASSP 2023).
struct TwoScales {
  Quantizer quantizer;  ///< [channels]
  double rho = 1;       ///< the outer scale over the one that `most` needs
  std::int32_t k = 0;   ///< the inner scale is the outer one / 2^k
  double error = 0;     ///< sum of squares over all channels
};

/// For rho = .4, .5, ..., 1.2 and, within, k = 0..5: symmetric with symmetric_scale(most) rho / 2^k.
[[nodiscard]] std::vector<Quantizer> two_scale_candidates(float most, std::int32_t bits);
/// Gives each channel the better of the two scales, ties to the inner, for the first (rho, k) of least total.
/// `errors` are channel_errors() of two_scale_candidates(most, bits). Throws std::invalid_argument if no
/// total is finite.
[[nodiscard]] TwoScales best_two_scales(float most, std::int32_t bits, std::int64_t channels,
                                        std::span<const double> errors);

/// Power-of-two factors (FQ-ViT, Y. Lin et al., IJCAI 2022): asymmetric with scales that are powers of two
/// apart and one zero.
struct PowerFactors {
  Quantizer quantizer;              ///< [channels]
  std::vector<std::int32_t> alpha;  ///< [channels], 0..3: the scale is Delta / 8 2^alpha
};

/// alpha = 0..3 with Delta = (high - low) / (2^b - 1) and z = clamp(-rint(low / Delta), 0, 2^b - 1).
[[nodiscard]] std::vector<Quantizer> power_factor_candidates(const Range& range, std::int32_t bits);
/// The first of least error for each channel. Throws std::invalid_argument if one has no finite error.
[[nodiscard]] PowerFactors best_power_factors(const Range& range, std::int32_t bits, std::int64_t channels,
                                              std::span<const double> errors);

/// MSE-w: for each row (an output channel) of weight [rows, columns] the symmetric scale of least squared
/// error among symmetric_scale() of the row times 1, then .300, .325, ..., 1.175; the first of equals.
/// Groups: Grouping::first_axis.
[[nodiscard]] Quantizer search_rows(std::span<const float> weight, std::int64_t rows, std::int32_t bits);

}  // namespace reprise::nn
