#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/quantise/quantizer.hpp"

/// The vectorised loops over elements, with run-time dispatch. What kinds do: kinds-inl.hpp.
namespace reprise::nn::quantise_loops {

/// A quantizer that was checked: as many numbers as there are groups; what its kind doesn't use may be null.
struct View {
  QuantizerKind kind = QuantizerKind::none;
  std::int32_t bits = 8;
  const float* scale = nullptr;
  const float* zero = nullptr;
  const float* outer = nullptr;
  Grouping grouping;
};

/// Throws std::invalid_argument unless the quantizer has positive scales and what else its kind needs for
/// each group, 2 to 16 bits, and `count` elements are whole rounds of the groups. The view refers to the
/// quantizer.
[[nodiscard]] View view_of(const Quantizer& quantizer, const Grouping& grouping, std::size_t count);

/// y = the values of x's codes. y may be x.
void values(const View& view, std::int64_t count, const float* x, float* y);
/// code = value / scale + offset of the group, for kinds where that is whole.
void codes(const View& view, std::int64_t count, const float* x, const std::int32_t* offset,
           std::int32_t* code);
/// Sum of squared differences between x and its values: products are exact, sums in double.
[[nodiscard]] double squared_error(const View& view, std::int64_t count, const float* x);
/// sums[c] += the same over column c of x [rows, columns]; the view has one group.
void column_errors(const View& view, std::int64_t rows, std::int64_t columns, const float* x, double* sums);

}  // namespace reprise::nn::quantise_loops
