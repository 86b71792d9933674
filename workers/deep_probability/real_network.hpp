#pragma once

#include <memory>

#include "kernels/modules/module.hpp"
#include "pipeline/reflect/fields.hpp"

namespace reprise::deep_probability {

/// The networks of the paper's real data, and the small one of its stand-in.
enum class Architecture {
  resnet18,        ///< K. He et al., CVPR 2016: a stem of 7 x 7 and maxima
  resnet_small,    ///< ResNet-S: a stem of 3 x 3
  vgg11,           ///< VGG-11 with batch norm and a global mean
  gated_attention  ///< for bags
};

constexpr auto enumerators(const Architecture*) {
  return std::array{
      Enumerator{"resnet18", Architecture::resnet18}, Enumerator{"resnet_small", Architecture::resnet_small},
      Enumerator{"vgg11", Architecture::vgg11}, Enumerator{"gated_attention", Architecture::gated_attention}};
}

struct RealNetwork {
  Architecture architecture = Architecture::resnet18;
  std::int64_t width = 0;
};

constexpr auto fields(const RealNetwork*) {
  return std::tuple{
      field("architecture", &RealNetwork::architecture, "kind of network"),
      field("width", &RealNetwork::width,
            "channels of the first stage, or numbers that attention hides; 0: the architecture's own (64, "
            "8, 64, 512)")};
}

/// For samples of a shape ([channels, height, width], or [inputs] of bags, several of which it takes as
/// BaggedAttention does), with the initial parameters that a parameter seed names (random_design.hpp); biases
/// of convolutions are 0. Throws UsageError where they don't go together.
[[nodiscard]] std::unique_ptr<nn::Module> make_network(const RealNetwork& network, const nn::Shape& sample,
                                                       std::uint64_t parameter_seed);

/// Multiplications and additions, in pairs, of a forward pass over an image of [channels, side, side] (of a
/// tile, for bags: 1 x 1).
[[nodiscard]] double multiplications(const RealNetwork& network, std::int64_t channels, std::int64_t side);

}  // namespace reprise::deep_probability
