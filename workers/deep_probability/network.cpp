#include "workers/deep_probability/network.hpp"

#include <cmath>

#include "workers/deep_probability/random_design.hpp"

namespace reprise::deep_probability {

nn::ResNetShape resnet_shape(const NetworkShape& shape) {
  return {1, 2, shape.width, shape.blocks, 3, 2, false};
}

void initialise(nn::Module& network, std::uint64_t parameter_seed) {
  const auto parameters = network.parameters();
  nn::Shape weight;  // that a bias goes with
  for (std::size_t t = 0; t < parameters.size(); ++t) {
    auto variable = parameters[t].variable;
    const auto shape = variable.shape();
    const bool bias = shape.rank() == 1 && parameters[t].name.ends_with("bias");
    if (!bias) weight = shape;
    if (bias && weight.rank() == 4) variable.value().fill(0);
    if (weight.rank() == 1 || (bias && weight.rank() == 4)) continue;
    auto* const value = variable.value().mutable_data<float>();
    for (std::int64_t j = 0; j < shape.elements(); ++j) {
      const auto index = static_cast<std::uint64_t>(j);
      value[j] = static_cast<float>(
          shape.rank() == 4 ? conv_init(parameter_seed, t, index, static_cast<std::uint32_t>(shape[0]),
                                        static_cast<std::uint32_t>(shape[2]))
                            : fc_init(parameter_seed, t, index, static_cast<std::uint32_t>(weight[1])));
    }
  }
}

std::unique_ptr<nn::ResNet> make_network(const NetworkShape& shape, std::uint64_t parameter_seed) {
  Philox unused(random_key(0), 0);
  auto network = std::make_unique<nn::ResNet>(resnet_shape(shape), unused);
  initialise(*network, parameter_seed);
  return network;
}

double multiplications(const NetworkShape& shape) {
  const double side = 14;
  const auto width = static_cast<double>(shape.width);
  return side * side * width * 9 + stage_multiplications(side, width, shape.blocks);
}

double stage_multiplications(double side, double width, const std::vector<std::int64_t>& blocks) {
  double total = 0;
  double in = width;
  double out = width;
  for (std::size_t stage = 0; stage < blocks.size(); ++stage, out *= 2) {
    for (std::int64_t block = 0; block < blocks[stage]; ++block) {
      if (stage > 0 && block == 0) {
        side = std::ceil(side / 2);
        total += side * side * in * out;
      }
      total += side * side * 9 * (in * out + out * out);
      in = out;
    }
  }
  return total + 2 * in;
}

}  // namespace reprise::deep_probability
