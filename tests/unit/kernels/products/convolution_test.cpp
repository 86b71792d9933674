#include "kernels/products/convolution.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "kernels/modules/layers.hpp"
#include "kernels/tensor/reference.hpp"

namespace reprise::nn {
namespace {

struct Case {
  std::int64_t batch, in, out, height, width, kernel;
  ConvolutionGeometry geometry;
};

/// Channels that fill vectors and panels and that don't, odd sizes, windows that hang over, pixels that no
/// window of stride two sees, more tiles and pixels than are taken at once.
const std::vector<Case> kCases{
    {2, 16, 16, 8, 8, 3, {1, 1, 1}}, {1, 3, 5, 7, 6, 3, {1, 1, 1}},     {3, 33, 20, 5, 9, 3, {1, 0, 1}},
    {2, 8, 50, 4, 3, 3, {1, 2, 1}},  {3, 40, 36, 9, 8, 3, {2, 1, 1}},   {2, 17, 32, 6, 7, 1, {2, 0, 1}},
    {2, 24, 7, 5, 5, 1, {1, 0, 1}},  {1, 5, 4, 11, 10, 5, {3, 2, 1}},   {1, 9, 12, 8, 8, 2, {2, 0, 1}},
    {1, 1, 1, 3, 3, 3, {1, 1, 1}},   {5, 12, 10, 21, 19, 3, {1, 1, 1}}, {9, 520, 9, 8, 8, 3, {2, 1, 1}},
};

struct Tensors {
  Tensor x, weights, dy;
};

Tensors draw(const Case& c) {
  Philox random(random_key(7), static_cast<std::uint64_t>(c.in * 100 + c.out));
  const auto size = [&](std::int64_t all) {
    return (all + 2 * c.geometry.padding - c.kernel) / c.geometry.stride + 1;
  };
  return {normal_tensor({c.batch, c.in, c.height, c.width}, 1, random).to_channels_last(),
          normal_tensor({c.out, c.in, c.kernel, c.kernel}, 0.3, random),
          normal_tensor({c.batch, c.out, size(c.height), size(c.width)}, 1, random).to_channels_last()};
}

/// The root mean square of a - b over that of b.
double relative_error(const Tensor& a, const Tensor& b) {
  const auto x = a.values<double>();
  const auto y = b.values<double>();
  double difference = 0;
  double size = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    difference += (x[i] - y[i]) * (x[i] - y[i]);
    size += y[i] * y[i];
  }
  return std::sqrt(difference / size);
}

Tensor in_f64(const Tensor& x) {
  return x.to(DataType::f64);
}

class Products : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(ExactAndTransformed, Products, testing::Bool());

TEST_P(Products, OfImagesAreTheSumsInDouble) {
  for (const auto& c : kCases) {
    SCOPED_TRACE(testing::Message() << c.in << " to " << c.out << " channels, kernel " << c.kernel);
    const auto t = draw(c);
    Tensor y = Tensor::like(t.dy);
    Tensor dx = Tensor::like(t.x);
    Tensor dweights = Tensor::like(t.weights);
    products::convolution(t.x, t.weights, nullptr, c.geometry, GetParam(), y);
    products::convolution_backward_data(t.dy, t.weights, c.geometry, GetParam(), dx);
    products::convolution_backward_weights(t.x, t.dy, c.geometry, GetParam(), dweights);
    Tensor y64 = Tensor::like(y, DataType::f64);
    Tensor dx64 = Tensor::like(dx, DataType::f64);
    Tensor dweights64 = Tensor::like(dweights, DataType::f64);
    reference::convolution(in_f64(t.x), in_f64(t.weights), nullptr, c.geometry, y64);
    reference::convolution_backward_data(in_f64(t.dy), in_f64(t.weights), c.geometry, dx64);
    reference::convolution_backward_weights(in_f64(t.x), in_f64(t.dy), c.geometry, dweights64, nullptr);
    EXPECT_LT(relative_error(y, y64), 2e-6);  // up to 4680 products in one chain
    EXPECT_LT(relative_error(dx, dx64), 1e-6);
    EXPECT_LT(relative_error(dweights, dweights64), 1e-6);
  }
}

TEST(Products, OfImagesTakeABias) {
  const auto t = draw({2, 20, 24, 6, 5, 3, {1, 1, 1}});
  Philox random(random_key(8), 0);
  const auto bias = normal_tensor({24}, 1, random);
  Tensor y = Tensor::like(t.dy);
  Tensor without = Tensor::like(t.dy);
  products::convolution(t.x, t.weights, &bias, {1, 1, 1}, true, y);
  products::convolution(t.x, t.weights, nullptr, {1, 1, 1}, true, without);
  const auto sums = binary(Binary::add, without, bias.reshape({1, 24, 1, 1}));
  EXPECT_LT(relative_error(y, in_f64(sums)), 1e-6);
}

TEST(Products, TransformedRoundNoMore) {
  const auto t = draw({4, 64, 64, 16, 16, 3, {1, 1, 1}});
  Tensor exact = Tensor::like(t.dy);
  Tensor transformed = Tensor::like(t.dy);
  Tensor y64 = Tensor::like(t.dy, DataType::f64);
  products::convolution(t.x, t.weights, nullptr, {1, 1, 1}, true, exact);
  products::convolution(t.x, t.weights, nullptr, {1, 1, 1}, false, transformed);
  reference::convolution(in_f64(t.x), in_f64(t.weights), nullptr, {1, 1, 1}, y64);
  EXPECT_LT(relative_error(transformed, y64), relative_error(exact, y64));
}

}  // namespace
}  // namespace reprise::nn
