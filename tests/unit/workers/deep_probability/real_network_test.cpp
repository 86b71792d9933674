#include "workers/deep_probability/real_network.hpp"

#include <gmock/gmock.h>

#include "kernels/autodiff/functions.hpp"
#include "pipeline/base/errors.hpp"
#include "workers/deep_probability/network.hpp"
#include "workers/deep_probability/random_design.hpp"

namespace reprise::deep_probability {
namespace {

TEST(RealNetwork, HasThePapersNumbersOfParameters) {
  EXPECT_EQ(make_network({Architecture::resnet18}, {3, 200, 200}, 1)->parameter_count(), 11177538);
  EXPECT_EQ(make_network({Architecture::gated_attention}, {1536}, 1)->parameter_count(), 1577475);
  EXPECT_EQ(make_network({Architecture::vgg11}, {9, 224, 224}, 1)->parameter_count(), 9225984 + 3456 + 1026);
  EXPECT_EQ(make_network({Architecture::resnet_small}, {1, 28, 28}, 1)->parameter_count(), 19546);
}

TEST(RealNetwork, StartsAsTheStandInsDoes) {
  const auto one = make_network({Architecture::resnet_small}, {1, 28, 28}, 11);
  const auto other = make_network(NetworkShape{}, 11);
  const auto state = other->state();
  for (const auto& [name, tensor] : one->state())
    EXPECT_EQ(tensor.values<float>(), state.at(name).values<float>()) << name;
}

TEST(RealNetwork, StartsFromTheSeedsNumbers) {
  const auto attention = make_network({Architecture::gated_attention, 5}, {7}, 21);
  const auto parameters = attention->parameters();
  ASSERT_EQ(parameters.size(), 8U);
  EXPECT_FLOAT_EQ(parameters[3].variable.value().values<float>()[4],
                  static_cast<float>(fc_init(21, 3, 4, 7)));  // b_U
  EXPECT_FLOAT_EQ(parameters[4].variable.value().values<float>()[2],
                  static_cast<float>(fc_init(21, 4, 2, 5)));  // w
  const auto vgg = make_network({Architecture::vgg11, 4}, {9, 32, 32}, 21);
  EXPECT_FLOAT_EQ(vgg->state().at("features.4.weight").values<float>()[5],
                  static_cast<float>(conv_init(21, 4, 5, 8, 3)));
  for (const float bias : vgg->state().at("features.4.bias").values<float>()) EXPECT_EQ(bias, 0);
  for (const float scale : vgg->state().at("features.5.weight").values<float>()) EXPECT_EQ(scale, 1);
}

TEST(RealNetwork, HasThePapersNumbersOfMultiplications) {
  EXPECT_NEAR(multiplications({Architecture::resnet18}, 3, 200), 1.556e9, 5e5);
  EXPECT_NEAR(multiplications({Architecture::resnet18}, 3, 224), 1.814e9, 5e5);
  EXPECT_NEAR(multiplications({Architecture::resnet18}, 3, 300), 3.394e9, 5e5);
  EXPECT_NEAR(multiplications({Architecture::gated_attention}, 1536, 1), 1.6e6, 5e4);
  EXPECT_NEAR(multiplications({Architecture::vgg11}, 3, 224), 7.5e9, 5e7);
  EXPECT_EQ(multiplications({Architecture::resnet_small}, 1, 28), multiplications(NetworkShape{}));
}

TEST(RealNetwork, RefusesWhatDoesNotGoTogether) {
  EXPECT_THROW((void)make_network({Architecture::gated_attention}, {3, 32, 32}, 1), UsageError);
  EXPECT_THROW((void)make_network({Architecture::resnet18}, {1536}, 1), UsageError);
  EXPECT_THROW((void)make_network({Architecture::vgg11}, {9, 31, 40}, 1), UsageError);
}

TEST(RealNetwork, TakesSeveralBagsOneBelowAnother) {
  const auto network = make_network({Architecture::gated_attention, 4}, {3}, 1);
  const nn::NoGradient constant;
  const auto of = [&](const std::vector<float>& rows) {
    return (*network)(nn::Tensor::from(rows, {static_cast<std::int64_t>(rows.size() / 4), 4}))
        .value()
        .values<float>();
  };
  const std::vector<float> first{0.1F, 0.2F, 0.3F, 0, 0.4F, 0.1F, -1, 0};
  const std::vector<float> second{-0.5F, 2, 1, 0};
  auto both = first;
  both.insert(both.end(), second.begin(), second.end());
  both.back() = 1;  // the number of its bag
  auto expected = of(first);
  const auto more = of(second);
  expected.insert(expected.end(), more.begin(), more.end());
  EXPECT_EQ(of(both), expected);
}

}  // namespace
}  // namespace reprise::deep_probability
