#include "kernels/vision/windows.hpp"

#include <cstring>

#include "kernels/expects.hpp"

namespace reprise::nn {
namespace {

/// Each image's token order[i] becomes its token i; the other way where `back`.
template <bool back>
Tensor moved(const Tensor& x, const std::vector<std::int64_t>& order) {
  expects(x.rank() == 3 && x.size(1) == static_cast<std::int64_t>(order.size()), "an order has all tokens");
  const auto from = x.to_contiguous();
  Tensor y(x.shape(), x.type());
  const auto bytes = static_cast<std::size_t>(x.size(2)) * size_of(x.type());
  const auto* source = from.bytes();
  auto* target = y.mutable_bytes();
  for (std::int64_t image = 0; image < x.size(0); ++image) {
    for (std::size_t i = 0; i < order.size(); ++i) {
      const auto place = static_cast<std::size_t>(order[i]);
      std::memcpy(target + bytes * (back ? place : i), source + bytes * (back ? i : place), bytes);
    }
    source += bytes * order.size();
    target += bytes * order.size();
  }
  return y;
}

}  // namespace

Tensor image_patches(const Tensor& images, std::int64_t patch) {
  const std::int64_t channels = images.size(1);
  const std::int64_t grid = images.size(2) / patch;
  return images.reshape({images.size(0), channels, grid, patch, grid, patch})
      .permute({0, 2, 4, 1, 3, 5})
      .reshape({images.size(0), grid * grid, channels * patch * patch});
}

Tensor reordered(const Tensor& x, const std::vector<std::int64_t>& order) {
  return moved<false>(x, order);
}

Tensor put_back(const Tensor& y, const std::vector<std::int64_t>& order) {
  return moved<true>(y, order);
}

std::vector<std::int64_t> window_order(std::int64_t grid, std::int64_t window, std::int64_t shift) {
  std::vector<std::int64_t> order;
  order.reserve(static_cast<std::size_t>(grid * grid));
  for (std::int64_t top = 0; top < grid; top += window)
    for (std::int64_t left = 0; left < grid; left += window)
      for (std::int64_t y = top; y < top + window; ++y)
        for (std::int64_t x = left; x < left + window; ++x)
          order.push_back((y + shift) % grid * grid + (x + shift) % grid);
  return order;
}

Tensor shift_mask(std::int64_t grid, std::int64_t window, std::int64_t shift, DataType type) {
  // After the shift, the last `shift` rows (columns) came from the other side of the image, those of the same
  // window before them did not: three bands of rows and of columns.
  const auto band = [&](std::int64_t at) { return at < grid - window ? 0 : at < grid - shift ? 1 : 2; };
  std::vector<std::int64_t> region;
  for (const auto token : window_order(grid, window, 0))
    region.push_back(3 * band(token / grid) + band(token % grid));
  const auto area = static_cast<std::size_t>(window * window);
  std::vector<float> mask;
  for (std::size_t first = 0; first < region.size(); first += area)
    for (std::size_t i = first; i < first + area; ++i)
      for (std::size_t j = first; j < first + area; ++j)
        mask.push_back(region[i] == region[j] ? 0.0F : -100.0F);
  const std::int64_t tokens = window * window;
  return Tensor::from(mask, {grid * grid / tokens, 1, tokens, tokens}).to(type);
}

Tensor position_bias(const Tensor& table, std::int64_t window) {
  const std::int64_t side = 2 * window - 1;
  expects(table.rank() == 2 && table.size(0) == side * side, "a position bias has a row for each distance");
  const std::int64_t tokens = window * window;
  const std::int64_t heads = table.size(1);
  const auto from = table.to_contiguous();
  Tensor bias({heads, tokens, tokens}, table.type());
  with_real_type(table.type(), [&](auto zero) {
    using T = decltype(zero);
    const auto* const rows = from.template data<T>();
    auto* to = bias.template mutable_data<T>();
    for (std::int64_t head = 0; head < heads; ++head)
      for (std::int64_t i = 0; i < tokens; ++i)
        for (std::int64_t j = 0; j < tokens; ++j) {
          const std::int64_t down = i / window - j / window + window - 1;
          const std::int64_t right = i % window - j % window + window - 1;
          *to++ = rows[(down * side + right) * heads + head];
        }
  });
  return bias;
}

Tensor merged_patches(const Tensor& x, std::int64_t grid) {
  const std::int64_t half = grid / 2;
  return x.reshape({x.size(0), half, 2, half, 2, x.size(2)})
      .permute({0, 1, 3, 4, 2, 5})
      .reshape({x.size(0), half * half, 4 * x.size(2)});
}

}  // namespace reprise::nn
