#include "workers/deep_probability/network.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <numeric>

#include "kernels/optimise/optimiser.hpp"
#include "workers/deep_probability/image_set.hpp"
#include "workers/deep_probability/losses.hpp"
#include "workers/deep_probability/random_design.hpp"
#include "workers/deep_probability/training.hpp"

namespace reprise::deep_probability {
namespace {

/// In f64, where one activation within 1e-6 of zero can't change its side with the machine's rounding. An
/// independent implementation's run: ResNet-S(8), parameter seed 11, linear scenario, seed 0, the first 16
/// images of the first epoch.
class ReferenceNetwork : public testing::Test {
 protected:
  void SetUp() override {
    if (!locate(fashion_mnist())) GTEST_SKIP() << "dataset-fashion-mnist is not installed";
    images = std::make_unique<ImageSet>(with_digest({.training = 2000, .validation = 1000, .test = 2000}));
    network = make_network({}, parameter_seed(0));
    network->convert(nn::DataType::f64);
    order = epoch_order(0, 0, 2000);
  }

  nn::Tensor images_of(std::size_t batch) const {
    return images->batch(images->training(), std::span(order).subspan(16 * batch, 16)).to(network_type());
  }
  std::vector<double> targets_of(std::size_t batch) const {
    std::vector<double> targets;
    for (std::size_t i = 0; i < 16; ++i) targets.push_back(images->training().label[order[16 * batch + i]]);
    return targets;
  }
  nn::DataType network_type() const { return network->parameters().front().variable.value().type(); }
  std::vector<double> test_logits() const {
    network->evaluate();
    std::vector<std::uint32_t> members(16);
    std::iota(members.begin(), members.end(), 0U);
    const nn::NoGradient constant;
    auto logits =
        (*network)(images->batch(images->test(), members).to(network_type())).value().values<double>();
    network->train();
    return logits;
  }
  LossValue descend(std::size_t batch) {
    auto logits = (*network)(images_of(batch));
    last_logits = logits.value().values<double>();
    auto loss = cross_entropy(last_logits, targets_of(batch));
    logits.backward(nn::Tensor::from(loss.gradient, logits.shape()).to(network_type()));
    return loss;
  }
  nn::Tensor gradient(const std::string& name) const {
    for (const auto& [found, variable] : network->parameters())
      if (found == name) return variable.gradient();
    throw std::invalid_argument(name);
  }
  double gradient_norm(const std::string& name) const {
    double sum = 0;
    for (const double value : gradient(name).values<double>()) sum += value * value;
    return std::sqrt(sum);
  }

  std::unique_ptr<ImageSet> images;
  std::unique_ptr<nn::ResNet> network;
  std::vector<std::uint32_t> order;
  std::vector<double> last_logits;
};

TEST_F(ReferenceNetwork, FirstLossAndGradients) {
  EXPECT_EQ(targets_of(0), (std::vector<double>{0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0}));
  EXPECT_NEAR(descend(0).value, 0.860289558, 1e-5);
  const std::vector<double> logits{-0.189400736, 0.260220431,  -0.158856199,
                                   0.228919058,  -0.461787514, 0.345397169};
  for (std::size_t i = 0; i < logits.size(); ++i) EXPECT_NEAR(last_logits[i], logits[i], 2e-5) << i;
  const std::vector<std::pair<std::string, double>> norms{{"conv1.weight", 0.67622811},
                                                          {"bn1.weight", 0.05915620},
                                                          {"bn1.bias", 0.04993032},
                                                          {"layer1.0.conv1.weight", 0.28447124},
                                                          {"layer2.0.downsample.0.weight", 0.08016900},
                                                          {"layer3.0.conv2.weight", 0.26960006},
                                                          {"fc.weight", 2.13765358},
                                                          {"fc.bias", 0.68014450}};
  for (const auto& [name, norm] : norms) EXPECT_NEAR(gradient_norm(name) / norm, 1, 1e-4) << name;
  EXPECT_NEAR(gradient("conv1.weight").values<double>()[0], -0.04242765, 1e-5);
  EXPECT_NEAR(gradient("fc.weight").values<double>()[0], -0.25668247, 1e-5);
  const auto state = network->state();
  const auto mean = state.at("bn1.running_mean").values<double>();
  const auto variance = state.at("bn1.running_var").values<double>();
  const std::vector<double> means{-0.010036, 0.00849618, 0.00703686};
  const std::vector<double> variances{0.9017719, 0.90188233, 0.90193707};
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(mean[c], means[c], 1e-5);
    EXPECT_NEAR(variance[c], variances[c], 1e-5);
  }
  const auto test = test_logits();
  const std::vector<double> evaluated{-0.095503523, 0.119408151, -0.09316778, 0.114283125};
  for (std::size_t i = 0; i < evaluated.size(); ++i) EXPECT_NEAR(test[i], evaluated[i], 2e-5) << i;
  EXPECT_EQ(network->state().at("bn1.running_mean").values<double>(), mean) << "evaluation moved the moments";
}

TEST_F(ReferenceNetwork, FiveSteps) {
  nn::ParameterArena arena(*network);
  nn::Sgd sgd(arena, {0.9, 5e-4});
  const std::vector<double> losses{0.860289558, 0.730275156, 0.399054909, 0.597243058, 0.59920219};
  for (std::size_t step = 0; step < losses.size(); ++step) {
    EXPECT_NEAR(descend(step).value, losses[step], 5e-5) << step;
    sgd.step(0.1);
  }
  const auto p = event_probabilities(test_logits());
  const std::vector<double> expected{0.320958452, 0.358592753, 0.387213286, 0.329408448};
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(p[i], expected[i], 5e-5) << i;
  double squares = 0;
  for (const auto& [name, variable] : network->parameters())
    for (const double value : variable.value().values<double>()) squares += value * value;
  EXPECT_NEAR(squares, 391.391403, 1e-3);
}

TEST_F(ReferenceNetwork, SinglePrecisionIsNear) {
  network->convert(nn::DataType::f32);
  EXPECT_NEAR(descend(0).value, 0.860289558, 1e-5);
  EXPECT_NEAR(last_logits[0], -0.189400736, 2e-5);
  EXPECT_NEAR(gradient_norm("conv1.weight") / 0.67622811, 1, 1e-2);
  SoleGroup sole;
  const auto all = logits_of(*network, images->samples(), images->samples().test, sole);
  const auto some = test_logits();
  for (std::size_t i = 0; i < some.size(); ++i) EXPECT_NEAR(all[i], some[i], 1e-5) << "another batch size";
}

TEST(Network, CountsItsMultiplications) {
  EXPECT_NEAR(multiplications({}) / 0.65e6, 1, 0.01);
  EXPECT_NEAR(multiplications({16, {2, 2, 2}}) / 5.5e6, 1, 0.01);
}

TEST(Network, SnapshotsHoldEverything) {
  const auto network = make_network({}, 11);
  const auto other = make_network({}, 12);
  EXPECT_NE(flatten(*network), flatten(*other));
  unflatten(flatten(*network), *other);
  EXPECT_EQ(flatten(*network), flatten(*other));
  EXPECT_THROW(unflatten(std::vector<float>(3), *other), std::invalid_argument);
}

}  // namespace
}  // namespace reprise::deep_probability
