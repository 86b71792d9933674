#include "kernels/tensor/precision.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <thread>

#include "kernels/autodiff/losses.hpp"
#include "kernels/modules/resnet.hpp"
#include "kernels/optimise/optimiser.hpp"
#include "tests/unit/kernels/autodiff/gradient_check.hpp"

namespace reprise::nn {
namespace {

constexpr double kUnit = 1.0 / 256;  ///< half a unit in the last place of bf16, relative

/// The root mean square of a - b over that of b.
double relative_error(const Tensor& a, const Tensor& b) {
  const auto difference = binary(Binary::subtract, a.to(DataType::f64), b.to(DataType::f64)).values<double>();
  const auto size = b.values<double>();
  double above = 0;
  double below = 0;
  for (std::size_t i = 0; i < size.size(); ++i) {
    above += difference[i] * difference[i];
    below += size[i] * size[i];
  }
  return std::sqrt(above / below);
}

TEST(Precision, RoundsToTheNearestOfBfloat16) {
  auto x = random_tensor({1000}, 1, DataType::f32);
  auto* const values = x.mutable_data<float>();
  values[0] = 1 + 0x1p-8F;  // a tie, to even
  values[1] = 1 + 3 * 0x1p-8F;
  values[2] = std::numeric_limits<float>::infinity();
  values[3] = -0.0F;
  values[4] = std::numeric_limits<float>::max();
  const auto rounded = rounded_to_bf16(x);
  EXPECT_EQ(rounded.values<float>(), x.to(DataType::bf16).values<float>());
  EXPECT_EQ(rounded_to_bf16(rounded).values<float>(), rounded.values<float>());
  EXPECT_EQ(rounded.values<float>()[0], 1);
  EXPECT_EQ(rounded.values<float>()[1], 1 + 0x1p-6F);
  values[0] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(std::isnan(rounded_to_bf16(x).values<float>()[0]));
}

TEST(Precision, ProductsOfMatricesAreOfRoundedFactors) {
  const auto a = random_tensor({9, 40}, 2, DataType::f32);
  const auto b = random_tensor({40, 11}, 3, DataType::f32);
  const auto exact = matmul(rounded_to_bf16(a).to(DataType::f64), rounded_to_bf16(b).to(DataType::f64));
  const auto f64 = matmul(a.to(DataType::f64), b.to(DataType::f64));
  const auto f32 = matmul(a, b);
  const PrecisionScope scope(Precision::bf16);
  EXPECT_LT(relative_error(matmul(a, b), exact), 1e-6);
  EXPECT_GT(relative_error(matmul(a, b), f32), 0.1 * kUnit);
  EXPECT_LT(relative_error(matmul(a, b), f32), kUnit);
  EXPECT_EQ(matmul(a.to(DataType::f64), b.to(DataType::f64)).values<double>(), f64.values<double>());
}

/// Of few channels, of many (transformed in f32), and with stride.
TEST(Precision, ProductsOfImagesAreOfRoundedFactors) {
  struct Case {
    std::int64_t in, out;
    ConvolutionGeometry geometry;
  };
  for (const auto& c :
       {Case{3, 8, {1, 1, 1}}, Case{16, 16, {1, 1, 1}}, Case{32, 48, {1, 1, 1}}, Case{40, 32, {2, 1, 1}}}) {
    const auto x = random_tensor({2, c.in, 8, 8}, 4, DataType::f32);
    const auto weights = random_tensor({c.out, c.in, 3, 3}, 5, DataType::f32);
    const auto f64 = [](const Tensor& t) { return rounded_to_bf16(t).to(DataType::f64); };
    const auto y = convolution(f64(x), f64(weights), nullptr, c.geometry);
    const auto dy = random_tensor(y.shape(), 6, DataType::f32);
    Tensor dweights64(weights.shape(), DataType::f64);
    Tensor dbias64({c.out}, DataType::f64);
    convolution_backward_weights(f64(x), f64(dy), c.geometry, dweights64, &dbias64);
    const PrecisionScope scope(Precision::bf16);
    EXPECT_LT(relative_error(convolution(x, weights, nullptr, c.geometry), y), 1e-6);
    EXPECT_LT(relative_error(convolution_backward_data(dy, weights, x.shape(), c.geometry),
                             convolution_backward_data(f64(dy), f64(weights), x.shape(), c.geometry)),
              1e-6);
    Tensor dweights(weights.shape());
    Tensor dbias({c.out});
    convolution_backward_weights(x, dy, c.geometry, dweights, &dbias);
    EXPECT_LT(relative_error(dweights, dweights64), 1e-6);
    // What is only summed is not rounded.
    EXPECT_LT(relative_error(dbias, sum_to(dy.to(DataType::f64), {1, c.out, 1, 1}).reshape({c.out})), 1e-6);
  }
}

TEST(Precision, IsTheThreadsAndEndsWithItsScope) {
  {
    const PrecisionScope outer(Precision::bf16);
    {
      const PrecisionScope inner(Precision::f32);
      EXPECT_EQ(precision(), Precision::f32);
    }
    EXPECT_EQ(precision(), Precision::bf16);
    std::thread([] { EXPECT_EQ(precision(), Precision::f32); }).join();
  }
  EXPECT_EQ(precision(), Precision::f32);
}

ResNet small_network() {
  Philox random(random_key(5), 0);
  return ResNet({1, 2, 8, {1, 1, 1}, 3, 2, false}, random);
}

/// Images of two kinds of stripes in noise.
struct Stripes {
  Tensor images{{64, 1, 28, 28}};
  std::vector<std::int64_t> classes;
  Stripes() {
    const auto noise = random_tensor(images.shape(), 7, DataType::f32);
    auto* const pixel = images.mutable_data<float>();
    for (std::int64_t i = 0; i < 64; ++i) {
      classes.push_back(i % 2);
      for (std::int64_t r = 0; r < 28; ++r)
        for (std::int64_t c = 0; c < 28; ++c) {
          const auto at = (i * 28 + r) * 28 + c;
          pixel[at] = noise.data<float>()[at] + ((i % 2 == 0 ? r : c) % 4 < 2 ? 1.0F : -1.0F);
        }
    }
  }
};

TEST(Precision, GradientsOfANetworkStayWithinRounding) {
  const Stripes data;
  const auto gradients = [&](Precision which) {
    auto network = small_network();
    ParameterArena arena(network);
    const PrecisionScope scope(which);
    cross_entropy(network(data.images), data.classes).backward();
    arena.complete_gradients();
    return arena.gradients().clone();
  };
  const double error = relative_error(gradients(Precision::bf16), gradients(Precision::f32));
  EXPECT_GT(error, 0);
  // A dozen products one after another, each off by less than one, between norms that subtract means.
  EXPECT_LT(error, 16 * kUnit);
}

TEST(Precision, TrainingGoesAsInF32) {
  const Stripes data;
  const auto losses = [&](Precision which) {
    auto network = small_network();
    ParameterArena arena(network);
    Sgd sgd(arena, {.momentum = 0.9, .weight_decay = 5e-4});
    const PrecisionScope scope(which);
    std::vector<double> all;
    for (int step = 0; step < 25; ++step) {
      auto loss = cross_entropy(network(data.images), data.classes);
      all.push_back(loss.value().item());
      loss.backward();
      sgd.step(0.02);
    }
    return all;
  };
  const auto f32 = losses(Precision::f32);
  const auto bf16 = losses(Precision::bf16);
  EXPECT_LT(bf16.back(), 0.2 * bf16.front());
  for (std::size_t step = 0; step < f32.size(); ++step) EXPECT_NEAR(bf16[step], f32[step], 0.02) << step;
}

}  // namespace
}  // namespace reprise::nn
