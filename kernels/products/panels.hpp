#pragma once

#include <cstdint>

/// The inner loops of matrix products in f32. A right factor is packed into panels of a few vectors of
/// columns, [depth][width] each, padded with zeros; the last panel is one vector wide where that is enough.
/// Each element of a product is one chain of fused multiply-adds in the order of its terms, so it has the
/// same bits whatever the width of vectors (where a machine has fused ones).
namespace reprise::nn::products {

using Count = std::int64_t;

/// Columns of a panel, on this machine.
[[nodiscard]] Count panel_width();
/// Columns with their padding: a row of packed numbers.
[[nodiscard]] Count padded(Count columns);

/// Where element (k, column) is: from[k * row_stride + column * column_stride].
struct Matrix {
  const float* from = nullptr;
  Count row_stride = 0;
  Count column_stride = 1;
};
/// Rows [0, depth) of `matrix` become rows [at, at + depth) of panels that hold `total` rows.
void pack(const Matrix& matrix, Count depth, Count columns, Count at, Count total, float* panels);
/// Rows that lie anywhere, one after another: starts[k] begins row k.
void pack_rows(const float* const* starts, Count depth, Count columns, float* panels);

/// Rows of a left factor as sums of `terms` parts: starts[term * rows + row] is where `depth` numbers begin.
struct LeftRows {
  const float* const* starts = nullptr;
  Count rows = 0;
  Count terms = 1;
  Count depth = 0;
};
/// out[row][column] = (what is there, or bias[column], or 0) + sum over terms and k of
/// starts[term][row][k] panels[term * depth + k][column].
void multiply(const LeftRows& left, const float* panels, Count columns, const float* bias, bool add,
              float* const* out);

/// out[row * stride + column] (+)= sum over k < depth of left[k][row] right[k][column], both in panels.
void multiply_transposed(const float* left, Count rows, const float* right, Count columns, Count depth,
                         bool add, float* out, Count stride);

}  // namespace reprise::nn::products
