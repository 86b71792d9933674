#pragma once

#include "kernels/products/panels.hpp"

/// The transforms of A. Lavin, S. Gray, "Fast algorithms for convolutional neural networks", CVPR 2016,
/// section 4.1: F(2 x 2, 3 x 3), which makes 2 x 2 results of 4 x 4 numbers with 16 products in place of 36.
/// Transformed numbers are 16 matrices, one for each place in a tile.
namespace reprise::nn::products {

constexpr Count kPlaces = 16;
/// How far apart the matrices of `numbers` are: by a line of the cache more, or for powers of two all places
/// would meet in one set of it.
constexpr Count apart(Count numbers) {
  return numbers + 16;
}

/// Images [batch, height, width, channels], cut into tiles of `side` x `side` pixels that begin at (2 i -
/// margin, 2 j - margin); pixels outside are zero.
struct Tiles {
  Count batch = 0, height = 0, width = 0, channels = 0;
  Count margin = 0;
  Count down = 0, across = 0;  ///< tiles of an image
  [[nodiscard]] Count count() const { return batch * down * across; }
};

/// Where transformed number (place, tile, channel) lies: in rows of padded(channels) numbers, or in panels;
/// places are apart(tiles padded(channels)).
struct TileOrder {
  float* to = nullptr;
  Count tiles = 0;      ///< room for so many
  bool panels = false;  ///< [channels in panels][tiles][width], else [tiles][padded channels]
};

/// B^T d B of tiles [first, first + count) of 4 x 4 pixels. `zeros`: as many as there are channels.
void transform_inputs(const Tiles& tiles, const float* x, const float* zeros, Count first, Count count,
                      const TileOrder& to);
/// A d A^T of tiles of 2 x 2 pixels (margin 0).
void transform_gradients(const Tiles& tiles, const float* dy, const float* zeros, Count first, Count count,
                         const TileOrder& to);
/// A^T m A: products in rows to tiles of 2 x 2 pixels (margin 0).
void transform_outputs(const Tiles& tiles, const float* products, Count first, Count count, float* y);

/// Weights whose number (k, column, tap) is from[k * row_stride + column * column_stride + tap].
/// G g G^T in panels, apart(depth padded(columns)) from place to place; taps in reverse order where `turned`.
void transform_weights(const Matrix& weights, Count depth, Count columns, bool turned, float* panels);
/// G^T u G: sums [out][in], apart(out in) from place to place, to gradients [out][in][3][3].
void transform_weight_gradients(const float* sums, Count out, Count in, float* dweights);

}  // namespace reprise::nn::products
