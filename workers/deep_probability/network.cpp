#include "workers/deep_probability/network.hpp"

#include <cmath>

#include "workers/deep_probability/random_design.hpp"

namespace reprise::deep_probability {

nn::ResNetShape resnet_shape(const NetworkShape& shape) {
  return {1, 2, shape.width, shape.blocks, 3, 2, false};
}

std::unique_ptr<nn::ResNet> make_network(const NetworkShape& shape, std::uint64_t parameter_seed) {
  Philox unused(random_key(0), 0);
  auto network = std::make_unique<nn::ResNet>(resnet_shape(shape), unused);
  const auto parameters = network->parameters();
  const auto inputs = static_cast<std::uint32_t>(parameters[parameters.size() - 2].variable.size(1));
  for (std::size_t t = 0; t < parameters.size(); ++t) {
    auto variable = parameters[t].variable;
    const auto shape_of = variable.shape();
    auto* const value = variable.value().mutable_data<float>();
    for (std::int64_t j = 0; j < shape_of.elements(); ++j) {
      const auto index = static_cast<std::uint64_t>(j);
      if (shape_of.rank() == 4)
        value[j] =
            static_cast<float>(conv_init(parameter_seed, t, index, static_cast<std::uint32_t>(shape_of[0]),
                                         static_cast<std::uint32_t>(shape_of[2])));
      else if (t + 2 >= parameters.size())
        value[j] = static_cast<float>(fc_init(parameter_seed, t, index, inputs));
    }
  }
  return network;
}

double multiplications(const NetworkShape& shape) {
  const auto width = static_cast<double>(shape.width);
  double side = 14;
  double total = side * side * width * 9;
  double in = width;
  double out = width;
  for (std::size_t stage = 0; stage < shape.blocks.size(); ++stage, out *= 2) {
    for (std::int64_t block = 0; block < shape.blocks[stage]; ++block) {
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
