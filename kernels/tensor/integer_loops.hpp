#pragma once

#include <cstdint>

/// Vectorised loops over sums of products of whole numbers.
namespace reprise::nn::integer_loops {

struct Sums {
  std::int64_t rows;
  std::int64_t columns;
  const std::int32_t* sums;     ///< [rows, columns]
  const float* unit;            ///< [columns]
  const std::int32_t* shift;    ///< [columns], or null: 0
  const std::int32_t* zero;     ///< [columns], or null: 0
  const std::int32_t* row_sum;  ///< [rows]; read where there is a zero
  const float* bias;            ///< [columns], or null: 0
  bool add;                     ///< to what is there
};
/// y [i * stride + j] = unit[j] (sums[i, j] - shift[j] - zero[j] row_sum[i]) + bias[j]
void to_real(const Sums& from, float* y, std::int64_t stride);

/// sums += x
void add(std::int64_t count, const std::int32_t* x, std::int32_t* sums);

/// bytes[i] = byte `place` of codes[i], which is not negative
void byte_of(std::int64_t count, int place, const std::int32_t* codes, std::uint8_t* bytes);

}  // namespace reprise::nn::integer_loops
