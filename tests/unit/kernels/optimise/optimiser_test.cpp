#include "kernels/optimise/optimiser.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "kernels/autodiff/losses.hpp"
#include "kernels/modules/layers.hpp"
#include "tests/unit/kernels/autodiff/gradient_check.hpp"

namespace reprise::nn {
namespace {

struct Point : Module {
  explicit Point(const std::vector<double>& at)
      : value(parameter("value", Tensor::from(at, {static_cast<std::int64_t>(at.size())}))) {}
  Variable operator()(const Variable& x) override { return sum(value * x); }
  Variable& value;
};

/// One step with the given gradient.
void push(Point& point, Optimiser& optimiser, double rate, const std::vector<double>& gradient) {
  point(Tensor::from(gradient, {static_cast<std::int64_t>(gradient.size())})).backward();
  optimiser.step(rate);
}

TEST(Sgd, ThreeStepsWithMomentumAndDecay) {
  // Worked by hand: rate 0.1, momentum 0.9, decay 5e-4.
  Point point({1, -2});
  ParameterArena arena(point);
  Sgd sgd(arena, {0.9, 5e-4});
  for (const auto& gradient : std::vector<std::vector<double>>{{.5, .25}, {.5, .5}, {.5, .75}})
    push(point, sgd, 0.1, gradient);
  EXPECT_NEAR(point.value.value().values<double>()[0], 0.719231512, 1e-8);
  EXPECT_NEAR(point.value.value().values<double>()[1], -2.237181774, 1e-8);
}

TEST(Adam, FirstStepsAreTheRateWhateverTheGradient) {
  Point point({1, -2});
  ParameterArena arena(point);
  Adam adam(arena, {.epsilon = 0});
  push(point, adam, 0.01, {100, -1e-3});
  EXPECT_NEAR(point.value.value().values<double>()[0], 0.99, 1e-12);
  EXPECT_NEAR(point.value.value().values<double>()[1], -1.99, 1e-12);
}

TEST(Adam, FollowsTheAlgorithm) {
  for (const bool decoupled : {false, true}) {
    Point point({0.7});
    ParameterArena arena(point);
    Adam adam(arena, {.weight_decay = 0.1, .decoupled = decoupled});
    double m = 0;
    double v = 0;
    double x = 0.7;
    for (int t = 1; t <= 5; ++t) {
      double g = std::sin(t);
      push(point, adam, 0.05, {g});
      if (decoupled)
        x *= 1 - 0.05 * 0.1;
      else
        g += 0.1 * x;
      m = 0.9 * m + 0.1 * g;
      v = 0.999 * v + 0.001 * g * g;
      x -= 0.05 * (m / (1 - std::pow(0.9, t))) / (std::sqrt(v / (1 - std::pow(0.999, t))) + 1e-8);
      EXPECT_NEAR(point.value.value().item(), x, 1e-12) << t;
    }
  }
}

TEST(Adam, DecaysOnlyWhatIsToDecay) {
  Philox random(random_key(1), 0);
  Linear layer(3, 2, random);
  const auto before = layer.state();
  ParameterArena arena(layer);
  Adam adam(arena, {.weight_decay = 0.5, .decays = [](const std::string& name) { return name == "weight"; }});
  adam.step(0.1);
  EXPECT_FLOAT_EQ(layer.state().at("weight").data<float>()[3], before.at("weight").data<float>()[3] * 0.95F);
  EXPECT_FLOAT_EQ(layer.state().at("bias").data<float>()[1], before.at("bias").data<float>()[1]);
}

TEST(Optimiser, GoesOnFromItsState) {
  for (const bool with_adam : {false, true}) {
    const auto make = [&](ParameterArena& arena) -> std::unique_ptr<Optimiser> {
      if (with_adam) return std::make_unique<Adam>(arena, Adam::Options{});
      return std::make_unique<Sgd>(arena, Sgd::Options{0.9, 1e-3});
    };
    Point through({1, 2});
    ParameterArena through_arena(through);
    const auto through_optimiser = make(through_arena);
    for (int t = 0; t < 6; ++t) push(through, *through_optimiser, 0.1, {1.0 * t, 2});

    Point first({1, 2});
    ParameterArena first_arena(first);
    const auto first_optimiser = make(first_arena);
    for (int t = 0; t < 3; ++t) push(first, *first_optimiser, 0.1, {1.0 * t, 2});
    Point second({0, 0});
    ParameterArena second_arena(second);
    const auto second_optimiser = make(second_arena);
    second.load(first.state());
    second_optimiser->load(first_optimiser->state());
    for (int t = 3; t < 6; ++t) push(second, *second_optimiser, 0.1, {1.0 * t, 2});
    EXPECT_EQ(through.value.value().values<double>(), second.value.value().values<double>());
    EXPECT_THROW(second_optimiser->load({}), std::invalid_argument);
  }
}

TEST(Optimiser, ParametersWithoutGradientOnlyDecay) {
  Point point({3});
  ParameterArena arena(point);
  Sgd sgd(arena, {0, 0.5});
  sgd.step(0.1);
  EXPECT_DOUBLE_EQ(point.value.value().item(), 3 - 0.1 * 0.5 * 3);
}

TEST(ParameterArena, ClipsTheNorm) {
  Point point({0, 0});
  ParameterArena arena(point);
  point(Tensor::from(std::vector<double>{3, 4}, {2})).backward();
  EXPECT_DOUBLE_EQ(arena.clip_gradients(10), 5);
  EXPECT_DOUBLE_EQ(arena.clip_gradients(1), 5);
  EXPECT_NEAR(point.value.gradient().values<double>()[1], 0.8, 1e-15);
}

TEST(ParameterArena, NetworksGoOnUsingTheirValues) {
  Philox random(random_key(1), 0);
  Mlp network({3, 5, 2}, Elementwise::tanh, random);
  const Variable x(random_tensor({4, 3}, 1, DataType::f32));
  const auto before = network(x).value().values<float>();
  ParameterArena arena(network);
  EXPECT_EQ(network(x).value().values<float>(), before);
  arena.values().fill(0);
  EXPECT_EQ(network(x).value().values<float>(), std::vector<float>(8, 0.0F));
}

TEST(Training, FitsAFunction) {
  Philox random(random_key(2), 0);
  Mlp network({1, 32, 1}, Elementwise::tanh, random);
  ParameterArena arena(network);
  Adam adam(arena, {});
  std::vector<float> places(64);
  std::vector<float> values(64);
  for (std::size_t i = 0; i < 64; ++i) {
    places[i] = static_cast<float>(i) / 32 - 1;
    values[i] = std::sin(3 * places[i]);
  }
  const Variable x(Tensor::from(places, {64, 1}));
  const Variable y(Tensor::from(values, {64, 1}));
  double loss = 0;
  for (int t = 0; t < 500; ++t) {
    auto error = mean(square(network(x) - y));
    loss = error.value().item();
    error.backward();
    adam.step(0.01);
  }
  EXPECT_LT(loss, 1e-3);
}

}  // namespace
}  // namespace reprise::nn
