#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace reprise::nn {

/// How numbers become codes of a few bits. b is the number of bits, Delta a scale, q a code; rounding is to
/// nearest, ties to even, everywhere. Formulas: reference.cpp.
enum class QuantizerKind : std::uint8_t {
  none,                 ///< stays as it is
  symmetric,            ///< q = clamp(rint(x / Delta), -2^(b-1), 2^(b-1) - 1)
  asymmetric,           ///< q = clamp(rint(x / Delta) + z, 0, 2^b - 1)
  log2,                 ///< powers of two (FQ-ViT's softmax)
  log_sqrt2,            ///< powers of the square root of two, times Delta (RepQ-ViT's softmax)
  sign_regions,         ///< one scale below zero, one above (PTQ4ViT's GELU)
  magnitude_regions,    ///< small values with Delta, large ones with 2^m Delta (TSPTQ-ViT's GELU)
  probability_regions,  ///< the same for values that are not negative (softmax)
  twin_probabilities,   ///< PTQ4ViT's softmax as its code has it: both parts clamped, then added
};

/// A quantizer: pure state. Its numbers are for one group of elements each: a tensor, a channel, a head, a
/// block of rows.
struct Quantizer {
  QuantizerKind kind = QuantizerKind::none;
  std::int32_t bits = 8;
  std::vector<float> scale;  ///< [groups], Delta, or Delta of the small (or negative) region
  std::vector<float> zero;   ///< [groups], z of asymmetric ones, which need not be whole; empty for others
  std::vector<float> outer;  ///< [groups], Delta of the large (or positive) region; empty without regions
};

/// Which element belongs to which group: element i of a contiguous tensor to (i / inner) % groups.
struct Grouping {
  std::int64_t groups = 1;
  std::int64_t inner = 1;

  static Grouping whole() { return {}; }
  static Grouping last_axis(std::int64_t channels) { return {channels, 1}; }
  static Grouping first_axis(std::int64_t rows, std::int64_t row) { return {rows, row}; }
};

/// y = the values that x's codes stand for. y may be x. Vectorised. What is no number stays so; infinities
/// get the outermost codes. Logarithmic kinds make 0 of all below 2^-126. Throws std::invalid_argument unless
/// the quantizer has positive scales (and zeros, and outer scales, if its kind has them) for each group, 2 to
/// 16 bits, and the elements are whole rounds of the groups.
void fake_quantise(const Quantizer& quantizer, const Grouping& grouping, std::span<const float> x,
                   std::span<float> y);
/// The same in double precision with f64 scales taken from the quantizer, for reference.
void fake_quantise(const Quantizer& quantizer, const Grouping& grouping, std::span<const double> x,
                   std::span<double> y);

/// x = unit (code - offset) exactly, group by group: what integer products multiply. Codes of regions are
/// multiples of the small region's Delta.
struct IntegerCodes {
  std::vector<std::int32_t> code;    ///< [elements]; not negative
  std::vector<float> unit;           ///< [groups]
  std::vector<std::int32_t> offset;  ///< [groups]
  std::int32_t largest = 0;          ///< that any element could have: 255 or less goes into u8
};
/// Throws std::invalid_argument for kinds whose values are no multiples of a unit (logarithmic ones, regions
/// whose scales are not whole multiples), for zeros that are not whole, and as fake_quantise does. Codes of
/// what is no number are unspecified.
[[nodiscard]] IntegerCodes integer_codes(const Quantizer& quantizer, const Grouping& grouping,
                                         std::span<const float> x);

/// The scale of a symmetric quantizer whose codes reach the largest magnitude: most / (2^(b-1) - 1/2), a hair
/// wider, so that the largest element lies on no rounding tie; at least 1e-12.
[[nodiscard]] float symmetric_scale(float most, std::int32_t bits);

}  // namespace reprise::nn
