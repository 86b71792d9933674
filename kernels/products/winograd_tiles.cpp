#include "kernels/products/winograd_tiles.hpp"

#include <algorithm>
#include <type_traits>

// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/products/winograd_tiles.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include "kernels/partial_vectors-inl.hpp"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace reprise::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {

using nn::products::Count;
using nn::products::kPlaces;
using nn::products::Matrix;
using nn::products::TileOrder;
using nn::products::Tiles;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

Count lanes() {
  return static_cast<Count>(hn::Lanes(D()));
}

template <bool kWhole = false>
HWY_INLINE V load(const float* from, Count count) {
  return kWhole ? hn::LoadU(D(), from) : load_part(D(), from, static_cast<std::size_t>(count));
}

HWY_INLINE void store(V v, float* to, Count count) {
  store_part(v, D(), to, static_cast<std::size_t>(count));
}

/// Where a tile begins.
struct Corner {
  Count image, row, column;
};

HWY_INLINE Corner corner_of(const Tiles& tiles, Count tile) {
  const Count in_image = tile % (tiles.down * tiles.across);
  return {tile / (tiles.down * tiles.across), 2 * (in_image / tiles.across) - tiles.margin,
          2 * (in_image % tiles.across) - tiles.margin};
}

/// Where pixels of a tile lie: `zeros` outside of the image.
template <std::size_t Side>
HWY_INLINE void find_pixels(const Tiles& tiles, const float* x, const float* zeros, Count tile,
                            const float* (&pixels)[Side * Side]) {
  const auto corner = corner_of(tiles, tile);
  for (Count i = 0; i < Count{Side}; ++i)
    for (Count j = 0; j < Count{Side}; ++j) {
      const Count row = corner.row + i;
      const Count column = corner.column + j;
      const bool inside = row >= 0 && row < tiles.height && column >= 0 && column < tiles.width;
      pixels[i * Count{Side} + j] =
          inside ? x + ((corner.image * tiles.height + row) * tiles.width + column) * tiles.channels : zeros;
    }
}

/// Calls visit(whether the vector is whole, channel, where place 0 goes) for each tile and vector of
/// channels.
template <class Tile, class Visit>
HWY_INLINE void over_tiles(const TileOrder& order, Count channels, Count first, Count count, const Tile& tile,
                           const Visit& visit) {
  const Count vector = lanes();
  const Count panel = 2 * vector;
  const Count row = (channels + vector - 1) / vector * vector;
  for (Count t = 0; t < count; ++t) {
    tile(first + t);
    for (Count c = 0; c < channels; c += vector) {
      float* to = order.to;
      if (order.panels) {
        const Count begin = c / panel * panel;
        const Count width = channels - begin > vector ? panel : vector;
        to += begin * order.tiles + t * width + (c - begin);
      } else {
        to += t * row + c;
      }
      if (channels - c >= vector)
        visit(std::true_type(), c, to);
      else
        visit(std::false_type(), c, to);
    }
  }
}

HWY_INLINE Count place_stride(const TileOrder& order, Count channels) {
  return nn::products::apart(order.tiles * ((channels + lanes() - 1) / lanes() * lanes()));
}

void inputs(const Tiles& tiles, const float* x, const float* zeros, Count first, Count count,
            const TileOrder& order) {
  const D d;
  const Count stride = place_stride(order, tiles.channels);
  const float* pixels[16];
  over_tiles(
      order, tiles.channels, first, count,
      [&](Count tile) HWY_ATTR { find_pixels<4>(tiles, x, zeros, tile, pixels); },
      [&]<bool kWhole>(std::bool_constant<kWhole>, Count c, float* to) HWY_ATTR {
        const Count left = tiles.channels - c;
        const auto pixel = [&](int at) HWY_ATTR { return load<kWhole>(pixels[at] + c, left); };
        V half[16];  // B^T d
        for (int j = 0; j < 4; ++j) {
          const V d0 = pixel(j);
          const V d1 = pixel(4 + j);
          const V d2 = pixel(8 + j);
          const V d3 = pixel(12 + j);
          half[j] = hn::Sub(d0, d2);
          half[4 + j] = hn::Add(d1, d2);
          half[8 + j] = hn::Sub(d2, d1);
          half[12 + j] = hn::Sub(d1, d3);
        }
        for (int i = 0; i < 4; ++i) {
          const V* const h = half + 4 * i;
          float* const row = to + 4 * i * stride;
          hn::StoreU(hn::Sub(h[0], h[2]), d, row);
          hn::StoreU(hn::Add(h[1], h[2]), d, row + stride);
          hn::StoreU(hn::Sub(h[2], h[1]), d, row + 2 * stride);
          hn::StoreU(hn::Sub(h[1], h[3]), d, row + 3 * stride);
        }
      });
}

void gradients(const Tiles& tiles, const float* dy, const float* zeros, Count first, Count count,
               const TileOrder& order) {
  const D d;
  const Count stride = place_stride(order, tiles.channels);
  const float* pixels[4];
  over_tiles(
      order, tiles.channels, first, count,
      [&](Count tile) HWY_ATTR { find_pixels<2>(tiles, dy, zeros, tile, pixels); },
      [&]<bool kWhole>(std::bool_constant<kWhole>, Count c, float* to) HWY_ATTR {
        const Count left = tiles.channels - c;
        const auto pixel = [&](int at) HWY_ATTR { return load<kWhole>(pixels[at] + c, left); };
        const V d00 = pixel(0);
        const V d01 = pixel(1);
        const V d10 = pixel(2);
        const V d11 = pixel(3);
        const V half[4][2] = {{d00, d01},
                              {hn::Add(d00, d10), hn::Add(d01, d11)},
                              {hn::Sub(d00, d10), hn::Sub(d01, d11)},
                              {hn::Neg(d10), hn::Neg(d11)}};
        for (int i = 0; i < 4; ++i) {
          float* const row = to + 4 * i * stride;
          hn::StoreU(half[i][0], d, row);
          hn::StoreU(hn::Add(half[i][0], half[i][1]), d, row + stride);
          hn::StoreU(hn::Sub(half[i][0], half[i][1]), d, row + 2 * stride);
          hn::StoreU(hn::Neg(half[i][1]), d, row + 3 * stride);
        }
      });
}

void outputs(const Tiles& tiles, const float* products, Count first, Count count, float* y) {
  const D d;
  const TileOrder order{nullptr, count, false};
  const Count stride = place_stride(order, tiles.channels);
  const Count row_length = (tiles.channels + lanes() - 1) / lanes() * lanes();
  for (Count t = 0; t < count; ++t) {
    const auto corner = corner_of(tiles, first + t);
    float* const at =
        y + ((corner.image * tiles.height + corner.row) * tiles.width + corner.column) * tiles.channels;
    const bool below = corner.row + 1 < tiles.height;
    const bool beside = corner.column + 1 < tiles.width;
    for (Count c = 0; c < tiles.channels; c += lanes()) {
      const float* const from = products + t * row_length + c;
      const Count left = tiles.channels - c;
      V half[2][4];  // A^T m
      for (int j = 0; j < 4; ++j) {
        const V m0 = hn::LoadU(d, from + j * stride);
        const V m1 = hn::LoadU(d, from + (4 + j) * stride);
        const V m2 = hn::LoadU(d, from + (8 + j) * stride);
        const V m3 = hn::LoadU(d, from + (12 + j) * stride);
        half[0][j] = hn::Add(hn::Add(m0, m1), m2);
        half[1][j] = hn::Sub(hn::Sub(m1, m2), m3);
      }
      for (int i = 0; i < (below ? 2 : 1); ++i) {
        const V* const h = half[i];
        float* const to = at + i * tiles.width * tiles.channels + c;
        store(hn::Add(hn::Add(h[0], h[1]), h[2]), to, left);
        if (beside) store(hn::Sub(hn::Sub(h[1], h[2]), h[3]), to + tiles.channels, left);
      }
    }
  }
}

/// G g G^T for g[tap], a vector each.
HWY_INLINE void spread(const V (&g)[9], V (&u)[16]) {
  const V by_half = hn::Set(D(), 0.5F);
  V half[4][3];  // G g
  for (int j = 0; j < 3; ++j) {
    const V outer = hn::Mul(hn::Add(g[j], g[6 + j]), by_half);
    const V inner = hn::Mul(g[3 + j], by_half);
    half[0][j] = g[j];
    half[1][j] = hn::Add(outer, inner);
    half[2][j] = hn::Sub(outer, inner);
    half[3][j] = g[6 + j];
  }
  for (int i = 0; i < 4; ++i) {
    const V outer = hn::Mul(hn::Add(half[i][0], half[i][2]), by_half);
    const V inner = hn::Mul(half[i][1], by_half);
    u[4 * i] = half[i][0];
    u[4 * i + 1] = hn::Add(outer, inner);
    u[4 * i + 2] = hn::Sub(outer, inner);
    u[4 * i + 3] = half[i][2];
  }
}

void weights_to_panels(const Matrix& weights, Count depth, Count columns, bool turned, float* panels) {
  const D d;
  const Count vector = lanes();
  const Count panel = 2 * vector;
  const Count stride = nn::products::apart(depth * ((columns + vector - 1) / vector * vector));
  HWY_ALIGN float taps[9][HWY_MAX_BYTES / sizeof(float)] = {};
  for (Count c = 0; c < columns; c += vector) {
    const Count begin = c / panel * panel;
    const Count width = columns - begin > vector ? panel : vector;
    const Count filled = std::min(vector, columns - c);
    for (int tap = 0; tap < 9; ++tap) std::fill(taps[tap], taps[tap] + vector, 0.0F);
    for (Count k = 0; k < depth; ++k) {
      for (Count lane = 0; lane < filled; ++lane) {
        const float* const g = weights.from + k * weights.row_stride + (c + lane) * weights.column_stride;
        for (int tap = 0; tap < 9; ++tap) taps[tap][lane] = g[tap];
      }
      V g[9];
      V u[16];
      for (int tap = 0; tap < 9; ++tap) g[tap] = hn::Load(d, taps[turned ? 8 - tap : tap]);
      spread(g, u);
      float* const to = panels + begin * depth + k * width + (c - begin);
      for (Count place = 0; place < kPlaces; ++place) hn::StoreU(u[place], d, to + place * stride);
    }
  }
}

void weight_gradients(const float* sums, Count out, Count in, float* dweights) {
  const D d;
  const Count vector = lanes();
  const Count stride = nn::products::apart(out * in);
  const V by_half = hn::Set(d, 0.5F);
  HWY_ALIGN float taps[9][HWY_MAX_BYTES / sizeof(float)];
  for (Count o = 0; o < out; ++o)
    for (Count c = 0; c < in; c += vector) {
      const Count filled = std::min(vector, in - c);
      const float* const from = sums + o * in + c;
      V half[3][4];  // G^T u
      for (int j = 0; j < 4; ++j) {
        const V u1 = load(from + (4 + j) * stride, filled);
        const V u2 = load(from + (8 + j) * stride, filled);
        const V sum = hn::Mul(hn::Add(u1, u2), by_half);
        half[0][j] = hn::Add(load(from + j * stride, filled), sum);
        half[1][j] = hn::Mul(hn::Sub(u1, u2), by_half);
        half[2][j] = hn::Add(load(from + (12 + j) * stride, filled), sum);
      }
      for (int i = 0; i < 3; ++i) {
        const V* const h = half[i];
        const V sum = hn::Mul(hn::Add(h[1], h[2]), by_half);
        hn::Store(hn::Add(h[0], sum), d, taps[3 * i]);
        hn::Store(hn::Mul(hn::Sub(h[1], h[2]), by_half), d, taps[3 * i + 1]);
        hn::Store(hn::Add(h[3], sum), d, taps[3 * i + 2]);
      }
      float* const to = dweights + (o * in + c) * 9;
      for (Count lane = 0; lane < filled; ++lane)
        for (int tap = 0; tap < 9; ++tap) to[lane * 9 + tap] = taps[tap][lane];
    }
}

}  // namespace
}  // namespace reprise::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reprise {
HWY_EXPORT(inputs);
HWY_EXPORT(gradients);
HWY_EXPORT(outputs);
HWY_EXPORT(weights_to_panels);
HWY_EXPORT(weight_gradients);

namespace nn::products {

void transform_inputs(const Tiles& tiles, const float* x, const float* zeros, Count first, Count count,
                      const TileOrder& to) {
  HWY_DYNAMIC_DISPATCH(inputs)(tiles, x, zeros, first, count, to);
}

void transform_gradients(const Tiles& tiles, const float* dy, const float* zeros, Count first, Count count,
                         const TileOrder& to) {
  HWY_DYNAMIC_DISPATCH(gradients)(tiles, dy, zeros, first, count, to);
}

void transform_outputs(const Tiles& tiles, const float* products, Count first, Count count, float* y) {
  HWY_DYNAMIC_DISPATCH(outputs)(tiles, products, first, count, y);
}

void transform_weights(const Matrix& weights, Count depth, Count columns, bool turned, float* panels) {
  HWY_DYNAMIC_DISPATCH(weights_to_panels)(weights, depth, columns, turned, panels);
}

void transform_weight_gradients(const float* sums, Count out, Count in, float* dweights) {
  HWY_DYNAMIC_DISPATCH(weight_gradients)(sums, out, in, dweights);
}

}  // namespace nn::products
}  // namespace reprise
#endif
