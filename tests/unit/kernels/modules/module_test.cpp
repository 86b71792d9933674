#include "kernels/modules/module.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/autodiff/losses.hpp"
#include "kernels/modules/resnet.hpp"
#include "kernels/modules/vgg.hpp"
#include "kernels/modules/vision_transformer.hpp"
#include "kernels/optimise/optimiser.hpp"
#include "tests/unit/kernels/autodiff/gradient_check.hpp"

namespace reprise::nn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> names(const Module& network) {
  std::vector<std::string> all;
  for (const auto& [name, variable] : network.parameters()) all.push_back(name);
  return all;
}

Philox generator() {
  return {random_key(7), 0};
}

TEST(ResNet, HasTorchvisionsNamesInTheOrderOfTheNetwork) {
  auto random = generator();
  const ResNet network({1, 2, 4, {1, 1}, 3, 2, false}, random);
  EXPECT_THAT(names(network), ElementsAre("conv1.weight", "bn1.weight", "bn1.bias", "layer1.0.conv1.weight",
                                          "layer1.0.bn1.weight", "layer1.0.bn1.bias", "layer1.0.conv2.weight",
                                          "layer1.0.bn2.weight", "layer1.0.bn2.bias", "layer2.0.conv1.weight",
                                          "layer2.0.bn1.weight", "layer2.0.bn1.bias", "layer2.0.conv2.weight",
                                          "layer2.0.bn2.weight", "layer2.0.bn2.bias",
                                          "layer2.0.downsample.0.weight", "layer2.0.downsample.1.weight",
                                          "layer2.0.downsample.1.bias", "fc.weight", "fc.bias"));
}

TEST(ResNet, HasThePublishedNumberOfParameters) {
  auto random = generator();
  EXPECT_EQ(ResNet({1, 2, 8, {1, 1, 1}, 3, 2, false}, random).parameter_count(), 19546);
  EXPECT_EQ(ResNet({3, 2, 64, {2, 2, 2, 2}, 7, 2, true}, random).parameter_count(), 11177538);
  EXPECT_EQ(ResNet({3, 2, 64, {2, 2, 2, 2}, 3, 1, false}, random).parameter_count(), 11169858);
  EXPECT_EQ(ResNet({1, 2, 64, {2, 2, 2, 2}, 3, 1, false}, random).parameter_count(), 11168706);
  EXPECT_EQ(ResNet({3, 1000, 64, {2, 2, 2, 2}, 7, 2, true}, random).parameter_count(), 11689512);
}

TEST(Vgg, HasTorchvisionsNames) {
  auto random = generator();
  const Vgg network({3, 2, {4, 0, 8, 8, 0}}, random);
  EXPECT_THAT(names(network),
              ElementsAre("features.0.weight", "features.0.bias", "features.1.weight", "features.1.bias",
                          "features.4.weight", "features.4.bias", "features.5.weight", "features.5.bias",
                          "features.7.weight", "features.7.bias", "features.8.weight", "features.8.bias",
                          "classifier.weight", "classifier.bias"));
}

TEST(Vgg, HasThePublishedNumberOfParameters) {
  auto random = generator();
  // torchvision counts 132868840 for vgg11_bn, of which 123642856 are in its three linear layers.
  constexpr std::int64_t features = 132868840 - 123642856;
  EXPECT_EQ(Vgg({3, 2}, random).parameter_count(), features + 2 * 512 + 2);
  EXPECT_EQ(Vgg({9, 2}, random).parameter_count(), features + 6 * 64 * 9 + 2 * 512 + 2);
}

TEST(Vgg, TakesImagesOfAnySizeThatSurvivesTheMaxima) {
  auto random = generator();
  Vgg network({9, 2, {4, 0, 8, 0}}, random);
  const NoGradient constant;
  EXPECT_EQ(network(Tensor::full({3, 9, 4, 4}, 0.5)).shape(), (Shape{3, 2}));
  EXPECT_EQ(network(Tensor::full({1, 9, 13, 10}, 0.5)).shape(), (Shape{1, 2}));
}

TEST(VisionTransformer, HasThePublishedNumberOfParameters) {
  auto random = generator();
  // DeiT-Tiny: H. Touvron et al., ICML 2021, table 1: 5 million; timm counts 5717416.
  EXPECT_EQ(VisionTransformer({}, random).parameter_count(), 5717416);
}

/// Gradients of a whole network, in f64, against differences for some of its parameters.
void expect_network_gradients(Module& network, const Shape& input, double tolerance) {
  network.convert(DataType::f64);
  const auto x = random_tensor(input, 5);
  const auto targets = softmax(random_tensor({input[0], 2}, 6), false);
  const auto loss = [&] { return cross_entropy(network(x), targets); };
  loss().backward();
  for (auto& [name, variable] : network.parameters()) {
    auto same = variable;
    ASSERT_TRUE(same.gradient()) << name;
    const auto gradient = same.gradient().values<double>();
    for (const std::size_t i : {std::size_t{0}, gradient.size() / 2, gradient.size() - 1}) {
      auto* const place = same.value().mutable_data<double>() + i;
      const double before = *place;
      const double step = 1e-5;
      const NoGradient constant;
      const auto at = [&](double value) {
        *place = value;
        return loss().value().item();
      };
      const double difference = (at(before + step) - at(before - step)) / (2 * step);
      *place = before;
      EXPECT_NEAR(gradient[i], difference, tolerance * std::max(1e-3, std::abs(difference)))
          << name << " " << i;
    }
  }
}

TEST(ResNet, GradientsAgreeWithDifferences) {
  auto random = generator();
  ResNet network({1, 2, 4, {1, 1, 1}, 3, 2, false}, random);
  expect_network_gradients(network, {3, 1, 28, 28}, 1e-5);
}

TEST(ResNet, WithAPooledStemGradientsAgreeWithDifferences) {
  auto random = generator();
  ResNet network({2, 2, 3, {1, 1}, 7, 2, true}, random);
  expect_network_gradients(network, {3, 2, 17, 17}, 1e-5);
}

TEST(Vgg, GradientsAgreeWithDifferences) {
  auto random = generator();
  Vgg network({2, 2, {3, 0, 4, 5, 0}}, random);
  expect_network_gradients(network, {3, 2, 9, 8}, 1e-5);
}

TEST(VisionTransformer, GradientsAgreeWithDifferences) {
  auto random = generator();
  VisionTransformer network({8, 4, 1, 2, 6, 2, 2, 12}, random);
  expect_network_gradients(network, {2, 1, 8, 8}, 1e-5);
}

TEST(BatchNorm, RunningMomentsFollowPyTorch) {
  BatchNorm norm(1);
  const Variable x(Tensor::from(std::vector<float>{1, 2, 3, 6}, {4, 1}));
  norm(x);
  // Mean 3, unbiased variance 14 / 3, momentum 0.1.
  const auto state = norm.state();
  EXPECT_FLOAT_EQ(state.at("running_mean").data<float>()[0], 0.3F);
  EXPECT_FLOAT_EQ(state.at("running_var").data<float>()[0], 0.9F + 1.4F / 3);
  norm.evaluate();
  const auto y = norm(x).value().values<float>();
  EXPECT_FLOAT_EQ(y[0], (1 - 0.3F) / std::sqrt(0.9F + 1.4F / 3 + 1e-5F));
  EXPECT_FLOAT_EQ(norm.state().at("running_mean").data<float>()[0], 0.3F) << "evaluation changed the moments";
}

TEST(Dropout, DrawsTheSameAtTheSamePlace) {
  Sequential network;
  network.add<Dropout>(0.5, random_key(1), 0).add<Dropout>(0.5, random_key(1), 1);
  const auto x = Tensor::full({200}, 1);
  const auto at = [&](std::uint64_t place) {
    network.draw_from(place);
    return network(x).value().values<float>();
  };
  const auto first = at(7);
  EXPECT_NE(network(x).value().values<float>(), first) << "the next numbers";
  EXPECT_NE(at(8), first);
  EXPECT_EQ(at(7), first);
}

TEST(Dropout, ActsInTrainingOnly) {
  Dropout layer(0.5, random_key(1), 0);
  const Variable x(Tensor::full({100}, 1));
  EXPECT_NE(layer(x).value().values<float>(), x.value().values<float>());
  layer.evaluate();
  EXPECT_EQ(layer(x).value().values<float>(), x.value().values<float>());
}

TEST(Module, StateTravels) {
  auto random = generator();
  ResNet from({1, 2, 4, {1, 1}, 3, 2, false}, random);
  ResNet to({1, 2, 4, {1, 1}, 3, 2, false}, random);
  const Variable x(random_tensor({2, 1, 12, 12}, 3, DataType::f32));
  from(x);  // moves the running moments
  auto state = from.state();
  state.emplace("bn1.num_batches_tracked", Tensor::full({}, 1, DataType::s32));
  to.load(state);
  from.evaluate();
  to.evaluate();
  EXPECT_EQ(from(x).value().values<float>(), to(x).value().values<float>());
}

TEST(Module, LoadingNamesWhatIsWrongAndChangesNothing) {
  auto random = generator();
  Linear layer(2, 3, random);
  const auto before = layer.state();
  const auto message = [&](const NamedTensors& state) -> std::string {
    try {
      layer.load(state);
      return "";
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
  };
  auto missing = before;
  missing.erase("bias");
  EXPECT_THAT(message(missing), HasSubstr("bias"));
  auto unknown = before;
  unknown.emplace("scale", Tensor({3}));
  EXPECT_THAT(message(unknown), HasSubstr("scale"));
  auto wrong = before;
  wrong["weight"] = Tensor({2, 3});
  wrong["bias"] = Tensor::full({3}, 5);
  EXPECT_THAT(message(wrong), HasSubstr("weight have shape [2, 3], not [3, 2]"));
  EXPECT_EQ(layer.state().at("bias").values<float>(), before.at("bias").values<float>());
}

TEST(Module, SteadyStateAsksForNoMemory) {
  auto random = generator();
  ResNet network({1, 2, 8, {1, 1, 1}, 3, 2, false}, random);
  network.evaluate();
  const Variable x(random_tensor({16, 1, 28, 28}, 3, DataType::f32));
  const NoGradient constant;
  network(x);
  const auto asked = memory_use().allocated;
  for (int i = 0; i < 5; ++i) network(x);
  EXPECT_EQ(memory_use().allocated, asked);
}

TEST(Module, SteadyTrainingAsksForNoMemory) {
  auto random = generator();
  ResNet network({1, 2, 16, {1, 1, 1}, 3, 2, false}, random);
  ParameterArena arena(network);
  Sgd sgd(arena, {0.9, 5e-4});
  const Variable x(random_tensor({16, 1, 28, 28}, 3, DataType::f32));
  const std::vector<std::int64_t> classes(16, 1);
  const auto step = [&] {
    cross_entropy(network(x), classes).backward();
    sgd.step(0.01);
  };
  for (int i = 0; i < 2; ++i) step();
  const auto asked = memory_use().allocated;
  reset_peak_memory();
  const auto between = memory_use().in_use;
  for (int i = 0; i < 3; ++i) step();
  EXPECT_EQ(memory_use().allocated, asked);
  EXPECT_EQ(memory_use().in_use, between);
  EXPECT_GT(memory_use().peak, between);
}

}  // namespace
}  // namespace reprise::nn
