#include "kernels/optimise/average.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "kernels/modules/layers.hpp"
#include "tests/unit/kernels/autodiff/gradient_check.hpp"

namespace reprise::nn {
namespace {

using Start = ParameterAverage::Start;

struct Point : Module {
  explicit Point(double at) : value(parameter("value", Tensor::full({3}, at, DataType::f64))) {}
  Variable operator()(const Variable& x) override { return value * x; }
  Variable& value;
};

TEST(ParameterAverage, WeighsValuesByTheirAge) {
  for (const auto start : {Start::parameters, Start::corrected, Start::warm_up}) {
    Point point(2);
    ParameterArena arena(point);
    ParameterAverage average(arena, {.decay = 0.9, .start = start});
    // The sum of all weights times values, and of all weights.
    double sum = start == Start::corrected ? 0 : 2;
    double weight = start == Start::corrected ? 0 : 1;
    for (int n = 0; n < 100; ++n) {
      const double value = std::sin(n);
      point.value.value().fill(value);
      average.update();
      const double decay = start == Start::warm_up ? std::min(0.9, (1.0 + n) / (10.0 + n)) : 0.9;
      sum = decay * sum + (1 - decay) * value;
      weight = decay * weight + (1 - decay);
      EXPECT_NEAR(average.values().values<double>()[2], sum / weight, 1e-12);
    }
    EXPECT_EQ(average.updates(), 100);
  }
}

TEST(ParameterAverage, OfOneValueIsThatValue) {
  for (const auto start : {Start::parameters, Start::corrected, Start::warm_up}) {
    Point point(0.7);
    ParameterArena arena(point);
    ParameterAverage average(arena, {.decay = 0.999, .start = start});
    for (int n = 0; n < 10; ++n) {
      average.update();
      EXPECT_NEAR(average.values().values<double>()[0], 0.7, 1e-12);
    }
  }
}

TEST(ParameterAverage, IsWhatTheNetworkComputesWithMeanwhile) {
  Philox random(random_key(3), 0);
  Linear layer(4, 2, random);
  ParameterArena arena(layer);
  ParameterAverage average(arena, {.decay = 0.5});
  const Variable x(random_tensor({5, 4}, 1, DataType::f32));
  const auto at_first = layer(x).value().values<float>();
  const auto values = arena.values().clone();
  arena.values().assign(affine(values, 3));
  average.update();  // (1 + 3) / 2 of the first values; the layer is linear in them
  const auto trained = layer(x).value().values<float>();
  {
    const AveragedParameters averaged(average);
    const auto y = layer(x).value().values<float>();
    for (std::size_t i = 0; i < y.size(); ++i) EXPECT_NEAR(y[i], 2 * at_first[i], 1e-5);
  }
  EXPECT_EQ(layer(x).value().values<float>(), trained);
}

TEST(ParameterAverage, GoesOnFromItsState) {
  Point point(1);
  ParameterArena arena(point);
  ParameterAverage whole(arena, {.decay = 0.8, .start = Start::corrected});
  EXPECT_THROW(static_cast<void>(whole.values()), std::invalid_argument);
  whole.update();
  ParameterAverage resumed(arena, {.decay = 0.8, .start = Start::corrected});
  resumed.load(whole.state());
  point.value.value().fill(5);
  whole.update();
  resumed.update();
  EXPECT_EQ(resumed.values().values<double>(), whole.values().values<double>());
  EXPECT_EQ(resumed.updates(), 2);
  EXPECT_THROW(resumed.load({}), std::invalid_argument);
}

}  // namespace
}  // namespace reprise::nn
