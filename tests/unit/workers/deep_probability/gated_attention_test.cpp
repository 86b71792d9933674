#include "workers/deep_probability/gated_attention.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "kernels/random/hash_rng.hpp"
#include "workers/deep_probability/losses.hpp"

namespace reprise::deep_probability {
namespace {

nn::Tensor drawn(std::uint64_t stream, const nn::Shape& shape, double by) {
  const HashRng random(21, stream);
  std::vector<double> values(static_cast<std::size_t>(shape.elements()));
  for (std::size_t j = 0; j < values.size(); ++j) values[j] = by * random.normal(j);
  return nn::Tensor::from(values, shape);
}

TEST(GatedAttention, HasTheReferencesLogitsLossAndGradients) {
  Philox random(random_key(1), 0);
  GatedAttention network(6, 4, random);
  network.convert(nn::DataType::f64);
  std::uint64_t stream = 10;
  for (auto& [name, variable] : network.parameters()) {
    auto same = variable;
    same.value().assign(drawn(stream++, same.shape(), 0.4));
  }
  const std::vector<nn::Tensor> bags{drawn(30, {3, 6}, 1), drawn(31, {5, 6}, 1)};
  const std::vector<double> expected{-1.080459283, 1.040708704, -0.087300049, 0.101486238};
  std::vector<nn::Variable> outputs;
  std::vector<double> logits;
  for (const auto& bag : bags) {
    outputs.push_back(network(bag));
    for (const double logit : outputs.back().value().values<double>()) logits.push_back(logit);
  }
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(logits[i], expected[i], 1e-5) << i;
  const auto loss = cross_entropy(logits, std::vector<double>{1, 0});
  EXPECT_NEAR(loss.value, 0.452610288, 1e-5);
  for (std::size_t bag = 0; bag < 2; ++bag)
    outputs[bag].backward(
        nn::Tensor::from(std::vector<double>{loss.gradient[2 * bag], loss.gradient[2 * bag + 1]}, {1, 2}));
  const std::vector<double> norms{0.029885716, 0.001912084, 0.015160098, 0.009439712,
                                  0.153683512, 0,           0.337205654, 0.311127358};
  const auto parameters = network.parameters();
  ASSERT_EQ(parameters.size(), norms.size());
  for (std::size_t k = 0; k < norms.size(); ++k) {
    double squares = 0;
    for (const double value : parameters[k].variable.gradient().values<double>()) squares += value * value;
    EXPECT_NEAR(std::sqrt(squares), norms[k], 1e-5) << parameters[k].name;
  }
}

TEST(GatedAttention, HasThePublishedNumberOfParametersAndAnyBag) {
  Philox random(random_key(1), 0);
  GatedAttention network(1536, 512, random);
  EXPECT_EQ(network.parameter_count(), 1577475);
  const nn::NoGradient constant;
  EXPECT_EQ(network(nn::Tensor::full({1, 1536}, 0.1)).shape(), (nn::Shape{1, 2}));
  EXPECT_EQ(network(nn::Tensor::full({700, 1536}, 0.1)).shape(), (nn::Shape{1, 2}));
}

}  // namespace
}  // namespace reprise::deep_probability
