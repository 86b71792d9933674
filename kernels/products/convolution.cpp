#include "kernels/products/convolution.hpp"

#include <algorithm>
#include <vector>

#include "kernels/products/panels.hpp"
#include "kernels/products/winograd.hpp"

namespace reprise::nn::products {
namespace {

/// Images [batch, height, width, channels].
struct Extent {
  Count batch, height, width, channels;
  explicit Extent(const Tensor& x)
      : batch(x.size(0)), height(x.size(2)), width(x.size(3)), channels(x.size(1)) {}
  [[nodiscard]] Count at(Count image, Count row, Count column) const {
    return ((image * height + row) * width + column) * channels;
  }
  [[nodiscard]] bool holds(Count row, Count column) const {
    return row >= 0 && row < height && column >= 0 && column < width;
  }
};

/// Pixels (top + i step, left + j step) of each image, i < down and j < across.
struct Grid {
  Count top, left, step, down, across;
  [[nodiscard]] Count count(const Extent& images) const { return images.batch * down * across; }
};

/// Where the grid's pixels [first, first + count) begin; `zeros` for those outside of their image.
template <class Number>
void find(Number* images, const Extent& extent, const Grid& grid, Count first, Count count, Number* zeros,
          Number** starts) {
  Count image = first / (grid.down * grid.across);
  Count i = first / grid.across % grid.down;
  Count j = first % grid.across;
  for (Count p = 0; p < count; ++p) {
    const Count row = grid.top + i * grid.step;
    const Count column = grid.left + j * grid.step;
    starts[p] = extent.holds(row, column) ? images + extent.at(image, row, column) : zeros;
    if (++j < grid.across) continue;
    j = 0;
    if (++i < grid.down) continue;
    i = 0;
    ++image;
  }
}

/// Pixels of `target` on a grid, each a sum over taps: a pixel of `source`, from another grid of as many,
/// times the tap's part of `panels`.
void gather(const float* source, const Extent& from, const std::vector<Grid>& taps, const float* panels,
            const float* bias, float* target, const Extent& to, const Grid& grid) {
  const Count in = from.channels;
  const Tensor zeros = Tensor::zeros({in});
  const auto terms = static_cast<Count>(taps.size());
  const Count most = std::min(std::clamp<Count>(Count{32} * 1024 / in / 6 * 6, 24, 96), grid.count(to));
  std::vector<const float*> starts(static_cast<std::size_t>(terms * most));
  std::vector<float*> ends(static_cast<std::size_t>(most));
  for (Count first = 0; first < grid.count(to); first += most) {
    const Count count = std::min(most, grid.count(to) - first);
    for (Count term = 0; term < terms; ++term)
      find(source, from, taps[static_cast<std::size_t>(term)], first, count, zeros.data<float>(),
           starts.data() + term * count);
    find(target, to, grid, first, count, static_cast<float*>(nullptr), ends.data());
    multiply({.starts = starts.data(), .rows = count, .terms = terms, .depth = in}, panels, to.channels, bias,
             false, ends.data());
  }
}

bool transformable(const Shape& weights, const ConvolutionGeometry& geometry) {
  return weights[2] == 3 && weights[3] == 3 && geometry.stride == 1 && geometry.padding <= 2;
}

}  // namespace

bool suits(const Shape& weights, const Shape& y, const ConvolutionGeometry& geometry, bool exact) {
  // Where they were faster than oneDNN 2.6's (kernels/README.md, Speed).
  if (geometry.groups > 1 || weights[0] < 16 || weights[1] < 16) return false;
  if (exact || !transformable(weights, geometry)) return weights[0] >= 32 && weights[1] >= 32;
  const Count tiles = (y[2] + 1) / 2 * ((y[3] + 1) / 2);
  return weights[0] * weights[1] * y[2] * y[3] >= 256 * 4 * tiles;  // tiles may hang over
}

void convolution(const Tensor& x, const Tensor& weights, const Tensor* bias,
                 const ConvolutionGeometry& geometry, bool exact, Tensor& y) {
  if (!exact && bias == nullptr && transformable(weights.shape(), geometry))
    return winograd(x, weights, geometry.padding, y);
  const Extent from(x);
  const Extent to(y);
  const Count taps = weights.size(2) * weights.size(3);
  const Count in = from.channels;
  Tensor panels({taps * in * padded(to.channels)});
  std::vector<Grid> sources;
  for (Count i = 0; i < weights.size(2); ++i)
    for (Count j = 0; j < weights.size(3); ++j) {
      const auto tap = static_cast<Count>(sources.size());
      pack({weights.data<float>() + tap, taps, in * taps}, in, to.channels, tap * in, taps * in,
           panels.mutable_data<float>());
      sources.push_back({i - geometry.padding, j - geometry.padding, geometry.stride, to.height, to.width});
    }
  gather(x.data<float>(), from, sources, panels.data<float>(),
         bias == nullptr ? nullptr : bias->data<float>(), y.mutable_data<float>(), to,
         {0, 0, 1, to.height, to.width});
}

void convolution_backward_data(const Tensor& dy, const Tensor& weights, const ConvolutionGeometry& geometry,
                               bool exact, Tensor& dx) {
  if (!exact && transformable(weights.shape(), geometry))
    return winograd_backward_data(dy, weights, geometry.padding, dx);
  const Extent from(dy);
  const Extent to(dx);
  const Count taps = weights.size(2) * weights.size(3);
  const Count out = from.channels;
  const Count stride = geometry.stride;
  Tensor panels({taps * out * padded(to.channels)});
  // Pixels whose place has the same remainder see the same taps.
  for (Count top = 0; top < std::min(stride, to.height); ++top)
    for (Count left = 0; left < std::min(stride, to.width); ++left) {
      const Grid grid{top, left, stride, (to.height - top + stride - 1) / stride,
                      (to.width - left + stride - 1) / stride};
      std::vector<Grid> sources;
      std::vector<Count> seen;
      for (Count i = 0; i < weights.size(2); ++i)
        for (Count j = 0; j < weights.size(3); ++j) {
          const Count row = top + geometry.padding - i;
          const Count column = left + geometry.padding - j;
          if (row % stride != 0 || column % stride != 0) continue;
          seen.push_back(i * weights.size(3) + j);
          sources.push_back({row / stride, column / stride, 1, grid.down, grid.across});
        }
      const auto terms = static_cast<Count>(seen.size());
      for (Count term = 0; term < terms; ++term)
        pack({weights.data<float>() + seen[static_cast<std::size_t>(term)], to.channels * taps, taps}, out,
             to.channels, term * out, terms * out, panels.mutable_data<float>());
      gather(dy.data<float>(), from, sources, panels.data<float>(), nullptr, dx.mutable_data<float>(), to,
             grid);
    }
}

void convolution_backward_weights(const Tensor& x, const Tensor& dy, const ConvolutionGeometry& geometry,
                                  bool exact, Tensor& dweights) {
  if (!exact && transformable(dweights.shape(), geometry))
    return winograd_backward_weights(x, dy, geometry.padding, dweights);
  const Extent from(x);
  const Extent to(dy);
  const Count in = from.channels;
  const Count out = to.channels;
  const Count taps = dweights.size(2) * dweights.size(3);
  const Grid pixels{0, 0, 1, to.height, to.width};
  const Count most = std::min<Count>(256, pixels.count(to));
  const Tensor zeros = Tensor::zeros({in});
  Tensor left({most * padded(out)});
  Tensor right({most * padded(in)});
  Tensor sums({taps, out, in});
  std::vector<const float*> starts(static_cast<std::size_t>(most));
  for (Count first = 0; first < pixels.count(to); first += most) {
    const Count count = std::min(most, pixels.count(to) - first);
    find(dy.data<float>(), to, pixels, first, count, static_cast<const float*>(nullptr), starts.data());
    pack_rows(starts.data(), count, out, left.mutable_data<float>());
    for (Count tap = 0; tap < taps; ++tap) {
      const Grid grid{tap / dweights.size(3) - geometry.padding, tap % dweights.size(3) - geometry.padding,
                      geometry.stride, to.height, to.width};
      find(x.data<float>(), from, grid, first, count, zeros.data<float>(), starts.data());
      pack_rows(starts.data(), count, in, right.mutable_data<float>());
      multiply_transposed(left.data<float>(), out, right.data<float>(), in, count, first > 0,
                          sums.mutable_data<float>() + tap * out * in, in);
    }
  }
  dweights.reshape({out, in, taps}).assign(sums.permute({1, 2, 0}));
}

}  // namespace reprise::nn::products
