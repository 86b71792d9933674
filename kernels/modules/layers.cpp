#include "kernels/modules/layers.hpp"

#include <cmath>

#include "kernels/random/distributions.hpp"

namespace reprise::nn {
namespace {

template <class Draw>
Tensor drawn(const Shape& shape, const Draw& draw) {
  Tensor tensor(shape);
  auto* const data = tensor.mutable_data<float>();
  for (std::int64_t i = 0; i < tensor.elements(); ++i) data[i] = static_cast<float>(draw());
  return tensor;
}

}  // namespace

Tensor uniform_tensor(const Shape& shape, double bound, Philox& random) {
  return drawn(shape, [&] { return bound * (2 * uniform(random) - 1); });
}

Tensor normal_tensor(const Shape& shape, double deviation, Philox& random) {
  return drawn(shape, [&] { return deviation * normal(random); });
}

Linear::Linear(std::int64_t in, std::int64_t out, Philox& random, bool with_bias)
    : weight_(
          parameter("weight", uniform_tensor({out, in}, 1 / std::sqrt(static_cast<double>(in)), random))) {
  if (with_bias)
    bias_ = parameter("bias", uniform_tensor({out}, 1 / std::sqrt(static_cast<double>(in)), random));
}

Convolution::Convolution(std::int64_t in, std::int64_t out, const Options& options, Philox& random)
    : geometry_(options.geometry), weight_(parameter("weight", [&] {
        const Shape shape{out, in / options.geometry.groups, options.kernel, options.kernel};
        return uniform_tensor(shape, 1 / std::sqrt(static_cast<double>(shape.elements() / out)), random);
      }())) {
  if (options.with_bias) {
    const double fan_in = static_cast<double>(weight_.value().elements() / out);
    bias_ = parameter("bias", uniform_tensor({out}, 1 / std::sqrt(fan_in), random));
  }
}

BatchNorm::BatchNorm(std::int64_t channels)
    : weight_(parameter("weight", Tensor::full({channels}, 1))),
      bias_(parameter("bias", Tensor::zeros({channels}))),
      running_{Tensor::zeros({channels}), Tensor::full({channels}, 1)} {
  buffer("running_mean", running_.mean);
  buffer("running_var", running_.variance);
}

LayerNorm::LayerNorm(std::int64_t width, double epsilon)
    : epsilon_(epsilon),
      weight_(parameter("weight", Tensor::full({width}, 1))),
      bias_(parameter("bias", Tensor::zeros({width}))) {}

Mlp::Mlp(const std::vector<std::int64_t>& widths, Elementwise activation, Philox& random)
    : activation_(activation) {
  for (std::size_t layer = 0; layer + 1 < widths.size(); ++layer)
    layers_.push_back(&part<Linear>(std::to_string(layer), widths[layer], widths[layer + 1], random));
}

Variable Mlp::operator()(const Variable& x) {
  Variable y = x;
  for (std::size_t layer = 0; layer < layers_.size(); ++layer)
    y = (*layers_[layer])(layer == 0 ? y : elementwise(activation_, y));
  return y;
}

}  // namespace reprise::nn
