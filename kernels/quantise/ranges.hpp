#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "kernels/quantise/quantizer.hpp"

namespace reprise::nn {

/// Least and largest value; of no values, what changes nothing when merged.
struct Range {
  float low = std::numeric_limits<float>::infinity();
  float high = -std::numeric_limits<float>::infinity();

  friend bool operator==(const Range&, const Range&) = default;
};

[[nodiscard]] Range merged(const Range& a, const Range& b);
/// The largest magnitude; 0 of no values.
[[nodiscard]] float magnitude(const Range& range);

/// Of each group of x: [groups]. Vectorised. Where x has something that is no number (ask finite()), the
/// range is one of some of its other values. Throws std::invalid_argument unless the elements are whole
/// rounds of the groups.
[[nodiscard]] std::vector<Range> ranges(const Grouping& grouping, std::span<const float> x);
[[nodiscard]] Range range(std::span<const float> x);

/// Whether all are numbers and none is infinite.
[[nodiscard]] bool finite(std::span<const float> x);

/// (1 - level, level) quantiles, linear between order statistics, found without sorting x whole. Throws
/// std::invalid_argument for no values and for levels outside [1/2, 1].
[[nodiscard]] Range quantile_range(std::span<const float> x, double level);

/// Symmetric, with symmetric_scale() of each range.
[[nodiscard]] Quantizer symmetric_quantizer(std::span<const Range> ranges, std::int32_t bits);
/// Asymmetric: with low = min(low, 0) and high = max(high, 0), Delta = max((high - low) / (2^b - 1), 1e-12),
/// z = clamp(rint(-low / Delta), 0, 2^b - 1).
[[nodiscard]] Quantizer asymmetric_quantizer(std::span<const Range> ranges, std::int32_t bits);
/// As RepQ-ViT has it (Z. Li et al., ICCV 2023): the range need not hold 0, z = rint(-low / Delta) is not
/// clamped.
[[nodiscard]] Quantizer unclamped_quantizer(std::span<const Range> ranges, std::int32_t bits);

}  // namespace reprise::nn
