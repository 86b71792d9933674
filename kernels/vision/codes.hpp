#pragma once

#include <cstdint>
#include <vector>

#include "kernels/quantise/quantizer.hpp"
#include "kernels/tensor/tensor.hpp"

/// Activations and weights as whole numbers of 8 bits that integer products multiply.
namespace reprise::nn {

/// A left factor: x = unit (sum of factor[p] planes[p] - offset), with a unit and an offset for each group.
/// Codes that don't fit 8 bits are split into bytes; powers of two 2^-q are 2^-(8 p + 7) 2^(7 - q mod 8) with
/// p = q div 8.
struct LeftCodes {
  std::vector<Tensor> planes;  ///< u8, of x's shape
  std::vector<float> factor;   ///< of each plane
  std::vector<float> unit;     ///< [groups]
  std::vector<std::int32_t> offset;
  std::int32_t largest = 0;  ///< in any plane
};

/// A right factor: x = unit (codes - zero).
struct RightCodes {
  Tensor codes;                    ///< s8, of x's shape
  std::vector<float> unit;         ///< [groups]
  std::vector<std::int32_t> zero;  ///< [groups]; empty where all are zero
};

/// Whether a product of integers can read what the quantizer makes. Not what is no multiple of a unit
/// (log_sqrt2), and nothing whose zero is not whole.
[[nodiscard]] bool has_left_codes(const Quantizer& quantizer);
/// Nor what needs more than 8 bits.
[[nodiscard]] bool has_right_codes(const Quantizer& quantizer);

/// The largest number in a plane of left_codes().
[[nodiscard]] std::int32_t largest_left_code(const Quantizer& quantizer, const Grouping& grouping);

/// x f32.
[[nodiscard]] LeftCodes left_codes(const Quantizer& quantizer, const Grouping& grouping, const Tensor& x);
[[nodiscard]] RightCodes right_codes(const Quantizer& quantizer, const Grouping& grouping, const Tensor& x);

}  // namespace reprise::nn
