#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/tensor/tensor.hpp"

/// Products of matrices of whole numbers of 8 bits, exact on every machine, and the real numbers that they
/// stand for.
namespace reprise::nn {

/// The right factor of a product: s8 [..., k, n], dense in any order. Where pairs of products would be cut
/// off (saturates_products) it is kept as a sum of two matrices with smaller numbers.
class IntegerFactor {
 public:
  IntegerFactor() = default;
  /// `largest`: of the codes u8 that will be multiplied with it; `weights`: it will come again, so a copy in
  /// the order that the kernel likes best pays.
  IntegerFactor(const Tensor& codes, std::int32_t largest, bool weights);

  [[nodiscard]] const Shape& shape() const { return parts_.at(0).shape(); }
  [[nodiscard]] bool weights() const { return weights_; }
  [[nodiscard]] const std::vector<Tensor>& parts() const { return parts_; }
  [[nodiscard]] std::int32_t largest() const { return largest_; }

 private:
  std::vector<Tensor> parts_;
  std::int32_t largest_ = 255;
  bool weights_ = false;
};

/// a u8 [..., m, k] x b [..., k, n]: s32 [..., m, n]. No element of a is more than b.largest(), and k is less
/// than 65,793, so that sums fit. Throws std::invalid_argument for shapes that don't go together.
[[nodiscard]] Tensor integer_matmul(const Tensor& a, const IntegerFactor& b);

/// Sums over the last axis of u8 or s8: s32 [...].
[[nodiscard]] Tensor row_sums(const Tensor& codes);

/// What a row of sums of products stands for: unit (sum - shift - zero row_sum) of each column.
struct ColumnUnits {
  std::span<const float> unit;
  std::span<const std::int32_t> shift;  ///< empty: none
  std::span<const std::int32_t> zero;   ///< empty: none
};
/// y [i * stride + j] = that of sums[i, j], plus bias[j] (may be empty), plus what is there where `add`.
/// row_sum [rows] may be empty where units have no zero.
void to_real(const ColumnUnits& units, std::span<const std::int32_t> sums,
             std::span<const std::int32_t> row_sum, std::span<const float> bias, bool add, float* y,
             std::int64_t stride);

/// What becomes of a product of codes on its way into memory.
struct ProductEnd {
  ColumnUnits units;                      ///< of each column
  std::span<const std::int32_t> row_sum;  ///< [rows] of the left codes, where units have zeros
  std::span<const float> bias;            ///< [columns], or empty
  bool add = false;                       ///< to what is there
  bool gelu = false;                      ///< of all that (erf)
};
/// y f32 [m, n], contiguous = that of a u8 [m, k] x b [k, n]. Where one product makes it and no column has a
/// zero, the end is fused into it; its sums are rounded to single precision, as scaled ones are anyway,
/// before the shift is taken off.
void integer_matmul(const Tensor& a, const IntegerFactor& b, const ProductEnd& end, Tensor& y);

/// bytes[i] = byte number `place` of a code that is not negative, the lowest is 0.
void code_bytes(std::span<const std::int32_t> codes, int place, std::uint8_t* bytes);

}  // namespace reprise::nn
