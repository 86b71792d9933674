#pragma once

#include <cstdint>
#include <vector>

#include "kernels/tensor/tensor.hpp"

/// How images fall into patches, and Swin's tokens, a grid of patches, into windows that attend to
/// themselves. Works on tensors of any type.
namespace reprise::nn {

/// images [n, channels, side, side] to patches [n, (side / patch)^2, channels patch patch], row by row.
[[nodiscard]] Tensor image_patches(const Tensor& images, std::int64_t patch);

/// x [n, tokens, width] in another order: token i is x's order[i]. Its inverse puts them back.
[[nodiscard]] Tensor reordered(const Tensor& x, const std::vector<std::int64_t>& order);
[[nodiscard]] Tensor put_back(const Tensor& y, const std::vector<std::int64_t>& order);

/// Tokens of a `grid` x `grid` image, moved cyclically by `shift` up and to the left, window after window,
/// row by row.
[[nodiscard]] std::vector<std::int64_t> window_order(std::int64_t grid, std::int64_t window,
                                                     std::int64_t shift);

/// [windows, 1, window^2, window^2]: -100 between tokens of a shifted window that are not neighbours in the
/// image, else 0.
[[nodiscard]] Tensor shift_mask(std::int64_t grid, std::int64_t window, std::int64_t shift, DataType type);

/// table [(2 window - 1)^2, heads] to [heads, window^2, window^2], by how far token i is from token j.
[[nodiscard]] Tensor position_bias(const Tensor& table, std::int64_t window);

/// x [n, grid grid, c] to [n, grid grid / 4, 4 c]: of 2 x 2 patches in a row, the left ones come first.
[[nodiscard]] Tensor merged_patches(const Tensor& x, std::int64_t grid);

}  // namespace reprise::nn
