#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/quantise/quantizer.hpp"
#include "kernels/quantise/ranges.hpp"

namespace reprise::nn {

/// The channels between a norm and the one linear layer that reads it become (x - shift) / factor, so that
/// one quantizer suits them all; the layer compensates.
struct Smoothing {
  std::vector<double> shift;   ///< [channels]
  std::vector<double> factor;  ///< [channels], positive
};

/// (low + high) / 2 of each channel: SQ-b's shift.
[[nodiscard]] std::vector<double> midpoints(std::span<const Range> ranges);
/// max_o |W_oj| of weight [rows, columns]: [columns]. T is float or double.
template <class T>
[[nodiscard]] std::vector<double> column_magnitudes(std::span<const T> weight, std::int64_t columns);

/// SQ-b: factor_j = max(a_j^alpha / w_j^(1 - alpha), 1e-5), where a_j is how far channel j goes from its
/// shift and w_j its largest weight, both at least 1e-5. Shifts are midpoints(), means, or none (an empty
/// span): then this is SmoothQuant (G. Xiao et al., ICML 2023). alpha in [0, 1]. Throws std::invalid_argument
/// unless there is one of each for each channel.
[[nodiscard]] Smoothing smoothing(std::span<const Range> ranges, std::span<const double> magnitudes,
                                  std::span<const double> shifts, double alpha);

/// RepQ-ViT's: what makes per-channel asymmetric codes those of one scale and one zero, their means. The zero
/// stays fractional. Throws std::invalid_argument for other kinds and no channels.
struct Reparametrisation {
  Smoothing smoothing;
  Quantizer quantizer;  ///< of the smoothed channels, one group
};
[[nodiscard]] Reparametrisation reparametrisation(const Quantizer& channels);

/// A norm's scale and shift [channels] and the linear layer's weight [rows, channels] and bias [rows].
template <class T>
struct NormAndLinear {
  std::span<T> scale;
  std::span<T> shift;
  std::span<T> weight;
  std::span<T> bias;
};

/// Changes the pair in place so that channels are smoothed and outputs stay the same: scale / s, (shift - b)
/// / s, bias + W b, W diag(s). T is float or double; sums are double. Throws std::invalid_argument for sizes
/// that don't match.
template <class T>
void fold(const Smoothing& smoothing, const NormAndLinear<T>& pair);

}  // namespace reprise::nn
