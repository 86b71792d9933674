#include "kernels/products/winograd.hpp"

#include <algorithm>
#include <vector>

#include "kernels/products/winograd_tiles.hpp"

namespace reprise::nn::products {
namespace {

/// Tiles of 2 x 2 pixels of `y`.
Tiles tiles_of(const Tensor& y) {
  return {.batch = y.size(0),
          .height = y.size(2),
          .width = y.size(3),
          .channels = y.size(1),
          .margin = 0,
          .down = (y.size(2) + 1) / 2,
          .across = (y.size(3) + 1) / 2};
}

/// Tiles of 4 x 4 pixels of `x` that go with those of `y`.
Tiles tiles_of(const Tensor& x, const Tiles& y, Count padding) {
  return {.batch = x.size(0),
          .height = x.size(2),
          .width = x.size(3),
          .channels = x.size(1),
          .margin = padding,
          .down = y.down,
          .across = y.across};
}

/// So many that their transformed numbers stay near, and a panel of weights is used often.
Count tiles_at_once(const Tiles& x, const Tiles& y) {
  constexpr Count near = Count{96} * 1024;  // numbers in a second-level cache
  return std::min(std::clamp<Count>(near / (kPlaces * (x.channels + y.channels)) / 6 * 6, 96, 192),
                  y.count());
}

/// Room for a matrix of so many numbers in each place.
Tensor room(Count numbers) {
  return Tensor({kPlaces * apart(numbers)});
}

/// y from x and transformed weights.
void run(const Tiles& x_tiles, const float* x, const float* panels, const Tiles& y_tiles, float* y) {
  const Count in = x_tiles.channels;
  const Count out = y_tiles.channels;
  const Count most = tiles_at_once(x_tiles, y_tiles);
  Tensor inputs = room(most * padded(in));
  Tensor outputs = room(most * padded(out));
  auto* const v = inputs.mutable_data<float>();
  auto* const m = outputs.mutable_data<float>();
  const Tensor zeros = Tensor::zeros({in});
  const Count in_row = padded(in);
  const Count out_row = padded(out);
  std::vector<const float*> starts(static_cast<std::size_t>(most));
  std::vector<float*> ends(static_cast<std::size_t>(most));
  for (Count first = 0; first < y_tiles.count(); first += most) {
    const Count count = std::min(most, y_tiles.count() - first);
    transform_inputs(x_tiles, x, zeros.data<float>(), first, count, {v, count, false});
    for (Count place = 0; place < kPlaces; ++place) {
      for (Count t = 0; t < count; ++t) {
        starts[static_cast<std::size_t>(t)] = v + place * apart(count * in_row) + t * in_row;
        ends[static_cast<std::size_t>(t)] = m + place * apart(count * out_row) + t * out_row;
      }
      multiply({.starts = starts.data(), .rows = count, .terms = 1, .depth = in},
               panels + place * apart(in * out_row), out, nullptr, false, ends.data());
    }
    transform_outputs(y_tiles, m, first, count, y);
  }
}

}  // namespace

void winograd(const Tensor& x, const Tensor& weights, std::int64_t padding, Tensor& y) {
  const Count out = weights.size(0);
  const Count in = weights.size(1);
  Tensor panels = room(in * padded(out));
  transform_weights({weights.data<float>(), 9, in * 9}, in, out, false, panels.mutable_data<float>());
  const auto tiles = tiles_of(y);
  run(tiles_of(x, tiles, padding), x.data<float>(), panels.data<float>(), tiles, y.mutable_data<float>());
}

void winograd_backward_data(const Tensor& dy, const Tensor& weights, std::int64_t padding, Tensor& dx) {
  const Count out = weights.size(0);
  const Count in = weights.size(1);
  Tensor panels = room(out * padded(in));
  transform_weights({weights.data<float>(), in * 9, 9}, out, in, true, panels.mutable_data<float>());
  const auto tiles = tiles_of(dx);
  run(tiles_of(dy, tiles, 2 - padding), dy.data<float>(), panels.data<float>(), tiles,
      dx.mutable_data<float>());
}

void winograd_backward_weights(const Tensor& x, const Tensor& dy, std::int64_t padding, Tensor& dweights) {
  const auto y_tiles = tiles_of(dy);
  const auto x_tiles = tiles_of(x, y_tiles, padding);
  const Count in = x_tiles.channels;
  const Count out = y_tiles.channels;
  const Count most = tiles_at_once(x_tiles, y_tiles);
  Tensor inputs = room(most * padded(in));
  Tensor gradients = room(most * padded(out));
  Tensor sums = room(out * in);
  const Tensor zeros = Tensor::zeros({std::max(in, out)});
  auto* const v = inputs.mutable_data<float>();
  auto* const m = gradients.mutable_data<float>();
  auto* const u = sums.mutable_data<float>();
  for (Count first = 0; first < y_tiles.count(); first += most) {
    const Count count = std::min(most, y_tiles.count() - first);
    transform_inputs(x_tiles, x.data<float>(), zeros.data<float>(), first, count, {v, count, true});
    transform_gradients(y_tiles, dy.data<float>(), zeros.data<float>(), first, count, {m, count, true});
    for (Count place = 0; place < kPlaces; ++place)
      multiply_transposed(m + place * apart(count * padded(out)), out, v + place * apart(count * padded(in)),
                          in, count, first > 0, u + place * apart(out * in), in);
  }
  transform_weight_gradients(u, out, in, dweights.mutable_data<float>());
}

}  // namespace reprise::nn::products
