#include "workers/deep_probability/real_network.hpp"

#include <fmt/format.h>

#include <cmath>

#include "kernels/modules/resnet.hpp"
#include "kernels/modules/vgg.hpp"
#include "pipeline/base/errors.hpp"
#include "workers/deep_probability/gated_attention.hpp"
#include "workers/deep_probability/network.hpp"

namespace reprise::deep_probability {
namespace {

std::int64_t width_of(const RealNetwork& network) {
  if (network.width > 0) return network.width;
  switch (network.architecture) {
    case Architecture::resnet_small:
      return 8;
    case Architecture::gated_attention:
      return 512;
    default:
      return 64;
  }
}

/// VGG-11 of another width.
std::vector<std::int64_t> vgg_layers(std::int64_t width) {
  auto layers = nn::VggShape{}.layers;
  for (auto& channels : layers) channels = channels * width / 64;
  return layers;
}

nn::ResNetShape resnet(const RealNetwork& network, std::int64_t channels) {
  if (network.architecture == Architecture::resnet18) return {channels, 2, width_of(network)};
  return {channels, 2, width_of(network), {1, 1, 1}, 3, 2, false};
}

std::unique_ptr<nn::Module> of_any_parameters(const RealNetwork& network, const nn::Shape& sample) {
  Philox unused(random_key(0), 0);
  switch (network.architecture) {
    case Architecture::gated_attention:
      return std::make_unique<BaggedAttention>(sample[0], width_of(network), unused);
    case Architecture::vgg11:
      return std::make_unique<nn::Vgg>(nn::VggShape{sample[0], 2, vgg_layers(width_of(network))}, unused);
    default:
      return std::make_unique<nn::ResNet>(resnet(network, sample[0]), unused);
  }
}

}  // namespace

std::unique_ptr<nn::Module> make_network(const RealNetwork& network, const nn::Shape& sample,
                                         std::uint64_t parameter_seed) {
  const bool bags = sample.rank() == 1;
  if (bags != (network.architecture == Architecture::gated_attention))
    throw UsageError(
        fmt::format("the network {} doesn't go with {}; gated_attention takes bags, all others images",
                    name_of(network.architecture), bags ? "bags" : "images"));
  constexpr std::int64_t kHalvings = 32;  // of VGG's and ResNet-18's sides
  if (network.architecture == Architecture::vgg11 && std::min(sample[1], sample[2]) < kHalvings)
    throw UsageError(fmt::format("images of {} x {} are too small for vgg11; {} at least are right",
                                 sample[1], sample[2], kHalvings));
  auto made = of_any_parameters(network, sample);
  initialise(*made, parameter_seed);
  return made;
}

double multiplications(const RealNetwork& network, std::int64_t channels, std::int64_t side) {
  const auto width = static_cast<double>(width_of(network));
  const auto in = static_cast<double>(channels);
  const auto sides = static_cast<double>(side);
  switch (network.architecture) {
    case Architecture::gated_attention:
      return 2 * in * width + width;
    case Architecture::vgg11: {
      double total = 0;
      double from = in;
      double at = sides;
      for (const auto out : vgg_layers(width_of(network))) {
        if (out == 0) {
          at = std::floor(at / 2);
          continue;
        }
        total += at * at * 9 * from * static_cast<double>(out);
        from = static_cast<double>(out);
      }
      return total;
    }
    case Architecture::resnet18: {
      const double stem = std::ceil(sides / 2);
      return stem * stem * 49 * in * width + stage_multiplications(std::ceil(stem / 2), width, {2, 2, 2, 2});
    }
    default: {
      const double stem = std::ceil(sides / 2);
      return stem * stem * 9 * in * width + stage_multiplications(stem, width, {1, 1, 1});
    }
  }
}

}  // namespace reprise::deep_probability
