#include "kernels/products/panels.hpp"

#include <algorithm>
#include <cstddef>

// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/products/panels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include "kernels/partial_vectors-inl.hpp"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace reprise::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {

using nn::products::Count;
using nn::products::LeftRows;
using nn::products::Matrix;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

/// Sums are kept in registers: rows times vectors of them, and room for the factors.
constexpr Count kVectors = 2;
constexpr Count kRows = 6;

Count lanes() {
  return static_cast<Count>(hn::Lanes(D()));
}

Count width_of_panel() {
  return kVectors * lanes();
}

/// Of the panel that begins with this column.
Count width_at(Count column, Count columns) {
  return columns - column > lanes() ? width_of_panel() : lanes();
}

void pack_panels(const Matrix& matrix, Count depth, Count columns, Count at, Count total, float* panels) {
  for (Count column = 0; column < columns; column += width_of_panel()) {
    const Count width = width_at(column, columns);
    const Count filled = std::min(width, columns - column);
    float* const to = panels + column * total + at * width;
    const float* const from = matrix.from + column * matrix.column_stride;
    if (matrix.column_stride == 1) {
      for (Count k = 0; k < depth; ++k) {
        const float* const row = from + k * matrix.row_stride;
        std::copy(row, row + filled, to + k * width);
        std::fill(to + k * width + filled, to + (k + 1) * width, 0.0F);
      }
      continue;
    }
    for (Count first = 0; first < depth; first += 16) {  // a line of the cache in each column
      const Count last = std::min(first + 16, depth);
      for (Count c = 0; c < filled; ++c)
        for (Count k = first; k < last; ++k)
          to[k * width + c] = from[k * matrix.row_stride + c * matrix.column_stride];
      for (Count k = first; k < last; ++k) std::fill(to + k * width + filled, to + (k + 1) * width, 0.0F);
    }
  }
}

void pack_rows_to_panels(const float* const* starts, Count depth, Count columns, float* panels) {
  const D d;
  for (Count column = 0; column < columns; column += width_of_panel()) {
    const Count width = width_at(column, columns);
    const Count filled = std::min(width, columns - column);
    float* to = panels + column * depth;
    if (filled == kVectors * lanes()) {
      for (Count k = 0; k < depth; ++k, to += width) {
        const float* const row = starts[k] + column;
        hn::StoreU(hn::LoadU(d, row), d, to);
        hn::StoreU(hn::LoadU(d, row + lanes()), d, to + lanes());
      }
    } else {
      for (Count k = 0; k < depth; ++k, to += width) {
        std::copy(starts[k] + column, starts[k] + column + filled, to);
        std::fill(to + filled, to + width, 0.0F);
      }
    }
  }
}

/// Only the last vector of a panel may be filled in part.
HWY_INLINE V load(const float* from, Count count) {
  return load_part(D(), from, static_cast<std::size_t>(count));
}

HWY_INLINE void store(V v, float* to, Count count) {
  store_part(v, D(), to, static_cast<std::size_t>(count));
}

/// R rows of S vectors of columns, of which the first `filled` columns count.
template <std::size_t R, std::size_t S>
void tile(const float* const* starts, Count row_count, Count terms, Count depth, const float* panel,
          const float* bias, bool add, float* const* out, Count filled) {
  const D d;
  V sum[R][S];
  for (Count r = 0; r < Count{R}; ++r)
    for (Count s = 0; s < Count{S}; ++s)
      sum[r][s] = add               ? load(out[r] + s * lanes(), filled - s * lanes())
                  : bias != nullptr ? load(bias + s * lanes(), filled - s * lanes())
                                    : hn::Zero(d);
  for (Count term = 0; term < terms; ++term, starts += row_count) {
    const float* row[R];
    for (Count r = 0; r < Count{R}; ++r) row[r] = starts[r];
    for (Count k = 0; k < depth; ++k, panel += Count{S} * lanes()) {
      V right[S];
      for (Count s = 0; s < Count{S}; ++s) right[s] = hn::LoadU(d, panel + s * lanes());
      for (Count r = 0; r < Count{R}; ++r) {
        const V left = hn::Set(d, row[r][k]);
        for (Count s = 0; s < Count{S}; ++s) sum[r][s] = hn::MulAdd(left, right[s], sum[r][s]);
      }
    }
  }
  for (Count r = 0; r < Count{R}; ++r)
    for (Count s = 0; s < Count{S}; ++s) store(sum[r][s], out[r] + s * lanes(), filled - s * lanes());
}

template <std::size_t S>
void tile_of(Count rows, const float* const* starts, Count row_count, Count terms, Count depth,
             const float* panel, const float* bias, bool add, float* const* out, Count filled) {
  static_assert(kRows == 6);
  const auto run = [&](auto tile_function) HWY_ATTR {
    tile_function(starts, row_count, terms, depth, panel, bias, add, out, filled);
  };
  switch (rows) {
    case 1:
      return run(tile<1, S>);
    case 2:
      return run(tile<2, S>);
    case 3:
      return run(tile<3, S>);
    case 4:
      return run(tile<4, S>);
    case 5:
      return run(tile<5, S>);
    default:
      return run(tile<6, S>);
  }
}

void multiply_rows(const LeftRows& left, const float* panels, Count columns, const float* bias, bool add,
                   float* const* out) {
  // A panel's part and the rows that meet it stay near.
  const Count together = std::max<Count>(1, 512 / std::max<Count>(left.depth, 1));
  float* to[kRows];
  Count term = 0;
  do {  // once for no terms, too: zeros
    const Count terms = std::min(together, left.terms - term);
    const float* const* const starts = left.starts + term * left.rows;
    for (Count column = 0; column < columns; column += width_of_panel()) {
      const Count width = width_at(column, columns);
      const Count filled = std::min(width, columns - column);
      const float* const panel = panels + column * left.terms * left.depth + term * left.depth * width;
      const float* const shift = bias == nullptr ? nullptr : bias + column;
      for (Count row = 0; row < left.rows; row += kRows) {
        const Count count = std::min(kRows, left.rows - row);
        for (Count r = 0; r < count; ++r) to[r] = out[row + r] + column;
        if (width > lanes())
          tile_of<kVectors>(count, starts + row, left.rows, terms, left.depth, panel, shift, add || term > 0,
                            to, filled);
        else
          tile_of<1>(count, starts + row, left.rows, terms, left.depth, panel, shift, add || term > 0, to,
                     filled);
      }
    }
    term += together;
  } while (term < left.terms);
}

template <std::size_t R, std::size_t S>
void transposed_tile(const float* left, Count left_width, const float* right, Count depth, bool add,
                     float* out, Count stride, Count filled) {
  const D d;
  V sum[R][S];
  for (Count r = 0; r < Count{R}; ++r)
    for (Count s = 0; s < Count{S}; ++s) sum[r][s] = hn::Zero(d);
  for (Count k = 0; k < depth; ++k, left += left_width, right += Count{S} * lanes()) {
    V factor[S];
    for (Count s = 0; s < Count{S}; ++s) factor[s] = hn::LoadU(d, right + s * lanes());
    for (Count r = 0; r < Count{R}; ++r) {
      const V other = hn::Set(d, left[r]);
      for (Count s = 0; s < Count{S}; ++s) sum[r][s] = hn::MulAdd(other, factor[s], sum[r][s]);
    }
  }
  for (Count r = 0; r < Count{R}; ++r)
    for (Count s = 0; s < Count{S}; ++s) {
      float* const to = out + r * stride + s * lanes();
      const Count count = filled - s * lanes();
      store(add ? hn::Add(load(to, count), sum[r][s]) : sum[r][s], to, count);
    }
}

template <std::size_t S>
void transposed_tile_of(Count rows, const float* left, Count left_width, const float* right, Count depth,
                        bool add, float* out, Count stride, Count filled) {
  const auto run = [&](auto tile_function)
                       HWY_ATTR { tile_function(left, left_width, right, depth, add, out, stride, filled); };
  switch (rows) {
    case 1:
      return run(transposed_tile<1, S>);
    case 2:
      return run(transposed_tile<2, S>);
    case 3:
      return run(transposed_tile<3, S>);
    case 4:
      return run(transposed_tile<4, S>);
    case 5:
      return run(transposed_tile<5, S>);
    default:
      return run(transposed_tile<6, S>);
  }
}

void multiply_columns(const float* left, Count rows, const float* right, Count columns, Count depth, bool add,
                      float* out, Count stride) {
  for (Count column = 0; column < columns; column += width_of_panel()) {
    const Count width = width_at(column, columns);
    const Count filled = std::min(width, columns - column);
    for (Count first = 0; first < rows; first += width_of_panel()) {
      const Count left_width = width_at(first, rows);
      const Count last = std::min(first + left_width, rows);
      for (Count row = first; row < last; row += kRows) {
        const Count count = std::min(kRows, last - row);
        const float* const from = left + first * depth + (row - first);
        float* const to = out + row * stride + column;
        if (width > lanes())
          transposed_tile_of<kVectors>(count, from, left_width, right + column * depth, depth, add, to,
                                       stride, filled);
        else
          transposed_tile_of<1>(count, from, left_width, right + column * depth, depth, add, to, stride,
                                filled);
      }
    }
  }
}

}  // namespace
}  // namespace reprise::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reprise {
HWY_EXPORT(lanes);
HWY_EXPORT(width_of_panel);
HWY_EXPORT(pack_panels);
HWY_EXPORT(pack_rows_to_panels);
HWY_EXPORT(multiply_rows);
HWY_EXPORT(multiply_columns);

namespace nn::products {

Count panel_width() {
  return HWY_DYNAMIC_DISPATCH(width_of_panel)();
}

Count padded(Count columns) {
  const Count vector = HWY_DYNAMIC_DISPATCH(lanes)();
  return (columns + vector - 1) / vector * vector;
}

void pack(const Matrix& matrix, Count depth, Count columns, Count at, Count total, float* panels) {
  HWY_DYNAMIC_DISPATCH(pack_panels)(matrix, depth, columns, at, total, panels);
}

void pack_rows(const float* const* starts, Count depth, Count columns, float* panels) {
  HWY_DYNAMIC_DISPATCH(pack_rows_to_panels)(starts, depth, columns, panels);
}

void multiply(const LeftRows& left, const float* panels, Count columns, const float* bias, bool add,
              float* const* out) {
  HWY_DYNAMIC_DISPATCH(multiply_rows)(left, panels, columns, bias, add, out);
}

void multiply_transposed(const float* left, Count rows, const float* right, Count columns, Count depth,
                         bool add, float* out, Count stride) {
  HWY_DYNAMIC_DISPATCH(multiply_columns)(left, rows, right, columns, depth, add, out, stride);
}

}  // namespace nn::products
}  // namespace reprise
#endif
