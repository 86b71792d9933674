#pragma once

#include <memory>

#include "kernels/modules/resnet.hpp"
#include "pipeline/reflect/fields.hpp"

namespace reprise::deep_probability {

/// ResNet-S: a 3 x 3 stem of stride 2 and stages of basic blocks of doubling width, for images of 28 x 28.
/// Ours, in place of the paper's ResNet-18.
struct NetworkShape {
  std::int64_t width = 8;            ///< channels of the first stage
  std::vector<std::int64_t> blocks;  ///< a stage

  NetworkShape() : blocks{1, 1, 1} {}
  NetworkShape(std::int64_t channels, std::vector<std::int64_t> of_stages)
      : width(channels), blocks(std::move(of_stages)) {}
};

constexpr auto fields(const NetworkShape*) {
  return std::tuple{field("width", &NetworkShape::width, "channels of the first stage"),
                    field("blocks", &NetworkShape::blocks, "basic blocks in each stage")};
}

[[nodiscard]] nn::ResNetShape resnet_shape(const NetworkShape& shape);

/// The initial parameters that a parameter seed names (random_design.hpp): convolutions, linear layers with
/// their biases. Biases of convolutions are 0; norms stay as they are made.
void initialise(nn::Module& network, std::uint64_t parameter_seed);

/// With these.
[[nodiscard]] std::unique_ptr<nn::ResNet> make_network(const NetworkShape& shape,
                                                       std::uint64_t parameter_seed);

/// Multiplications and additions, in pairs, of a forward pass over one image.
[[nodiscard]] double multiplications(const NetworkShape& shape);

/// The same of a ResNet's stages of basic blocks, behind a stem that gives `width` channels of `side` x
/// `side`, and of the layer after them.
[[nodiscard]] double stage_multiplications(double side, double width,
                                           const std::vector<std::int64_t>& blocks);

}  // namespace reprise::deep_probability
