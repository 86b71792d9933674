#include "kernels/autodiff/functions.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "kernels/autodiff/losses.hpp"
#include "kernels/tensor/reference.hpp"
#include "tests/unit/kernels/autodiff/gradient_check.hpp"

namespace reprise::nn {
namespace {

/// Away from zero, where some functions have a kink.
Tensor away_from_zero(const Shape& shape, std::uint64_t seed) {
  auto x = random_tensor(shape, seed);
  auto* const data = x.mutable_data<double>();
  for (std::int64_t i = 0; i < x.elements(); ++i) data[i] += data[i] < 0 ? -0.1 : 0.1;
  return x;
}

Tensor positive(const Shape& shape, std::uint64_t seed) {
  auto x = random_tensor(shape, seed);
  auto* const data = x.mutable_data<double>();
  for (std::int64_t i = 0; i < x.elements(); ++i) data[i] = 0.3 + std::abs(data[i]);
  return x;
}

TEST(Gradients, OfArithmeticWithBroadcasting) {
  const std::vector<std::pair<Shape, Shape>> shapes = {{{}, {}},
                                                       {{3}, {3}},
                                                       {{1}, {5}},
                                                       {{2, 3}, {3}},
                                                       {{2, 3}, {2, 1}},
                                                       {{2, 1}, {1, 3}},
                                                       {{2, 3, 5}, {3, 1}},
                                                       {{7, 1, 2}, {4, 1}},
                                                       {{2, 3, 4, 5}, {3, 1, 1}},
                                                       {{1, 1, 1}, {2, 2, 2}},
                                                       {{17}, {1}},
                                                       {{3, 17}, {17}},
                                                       {{}, {2, 2}}};
  std::uint64_t seed = 1;
  for (const auto& [a, b] : shapes) {
    SCOPED_TRACE(to_string(a) + " and " + to_string(b));
    const auto x = random_tensor(a, ++seed);
    const auto y = away_from_zero(b, ++seed);
    expect_differentiable([](const auto& v) { return v[0] + v[1]; }, {x, y});
    expect_differentiable([](const auto& v) { return v[0] - v[1]; }, {x, y});
    expect_differentiable([](const auto& v) { return v[0] * v[1]; }, {x, y});
    expect_differentiable([](const auto& v) { return 3.0 - v[0] / v[1] * 2.0 + 1.0; }, {x, y});
  }
}

TEST(Gradients, OfFunctionsOfOneNumber) {
  const std::vector<Elementwise> everywhere = {
      Elementwise::relu, Elementwise::gelu_erf, Elementwise::gelu_tanh,
      Elementwise::tanh, Elementwise::sigmoid,  Elementwise::softplus,
      Elementwise::exp,  Elementwise::square,   Elementwise::abs};
  for (const auto& shape : {Shape{}, Shape{1}, Shape{7}, Shape{2, 3, 5}, Shape{33}}) {
    for (const auto kind : everywhere) {
      SCOPED_TRACE(static_cast<int>(kind));
      expect_differentiable([kind](const auto& v) { return elementwise(kind, v[0]); },
                            {away_from_zero(shape, 5)});
    }
    expect_differentiable([](const auto& v) { return log(v[0]) + sqrt(v[0]); }, {positive(shape, 6)});
    // What comes from a view.
    if (shape.rank() == 3)
      expect_differentiable([](const auto& v) { return gelu(transpose(v[0], 0, 2)); },
                            {random_tensor(shape, 9)});
  }
}

TEST(Gradients, OfReductions) {
  for (const auto& shape : {Shape{1}, Shape{5}, Shape{3, 4}, Shape{2, 1, 5}, Shape{2, 3, 4, 5}}) {
    const auto x = random_tensor(shape, 11);
    expect_differentiable([](const auto& v) { return sum(v[0]); }, {x});
    expect_differentiable([](const auto& v) { return mean(v[0]); }, {x});
    for (int axis = 0; axis < shape.rank(); ++axis) {
      expect_differentiable([axis](const auto& v) { return sum(v[0], {axis}); }, {x});
      expect_differentiable(
          [axis](const auto& v) { return square(mean(v[0], {axis - v[0].shape().rank()})); }, {x});
    }
    if (shape.rank() >= 3) expect_differentiable([](const auto& v) { return sum(v[0], {0, 2}) * v[0]; }, {x});
    expect_differentiable([](const auto& v) { return log_sum_exp(v[0]); }, {x});
    expect_differentiable([](const auto& v) { return log_mean_exp(v[0]); }, {x});
    expect_differentiable([](const auto& v) { return softmax(v[0]); }, {x});
    expect_differentiable([](const auto& v) { return log_softmax(v[0]); }, {x});
  }
}

TEST(Gradients, LogSumExpAndSoftmaxStandLargeNumbers) {
  const Variable x(Tensor::from(std::vector<float>{1000, 1001, -1000}, {1, 3}));
  EXPECT_NEAR(log_sum_exp(x).value().item(), 1001 + std::log1p(std::exp(-1.0)), 1e-4);
  EXPECT_NEAR(softmax(x).value().values<double>()[1], 1 / (1 + std::exp(-1.0)), 1e-6);
}

TEST(Gradients, OfProducts) {
  struct Case {
    Shape a, b;
  };
  for (const auto& [a, b] : {Case{{1, 1}, {1, 1}}, Case{{2, 3}, {3, 4}}, Case{{5, 1}, {1, 3}},
                             Case{{1, 7}, {7, 1}}, Case{{2, 3, 4}, {4, 5}}, Case{{3, 4}, {2, 4, 5}},
                             Case{{2, 1, 3, 4}, {5, 4, 2}}, Case{{17, 33}, {33, 9}}}) {
    SCOPED_TRACE(to_string(a) + " x " + to_string(b));
    const auto x = random_tensor(a, 21);
    const auto y = random_tensor(b, 22);
    expect_differentiable([](const auto& v) { return matmul(v[0], v[1]); }, {x, y});
    expect_differentiable(
        [](const auto& v) { return matmul(transpose(v[1], -1, -2), transpose(v[0], -1, -2)); }, {x, y});
  }
}

TEST(Gradients, OfLinear) {
  for (const auto& x : {Shape{1, 1}, Shape{4, 3}, Shape{2, 5, 3}, Shape{3}}) {
    const std::int64_t in = x[-1];
    for (const std::int64_t out : {std::int64_t{1}, std::int64_t{6}}) {
      expect_differentiable([](const auto& v) { return linear(v[0], v[1], v[2]); },
                            {random_tensor(x, 31), random_tensor({out, in}, 32), random_tensor({out}, 33)});
      expect_differentiable([](const auto& v) { return linear(v[0], v[1]); },
                            {random_tensor(x, 34), random_tensor({out, in}, 35)});
    }
  }
}

TEST(Gradients, OfAttention) {
  expect_differentiable(
      [](const auto& v) { return attention(v[0], v[1], v[2]); },
      {random_tensor({2, 3, 4}, 41), random_tensor({2, 5, 4}, 42), random_tensor({2, 5, 6}, 43)});
  auto mask = Tensor::zeros({3, 5}, DataType::f64);
  mask.slice(1, 3, 2).fill(-1e9);
  const auto masked = [&](const auto& v) {
    return attention(v[0], v[1], v[2], mask.to(v[0].value().type()));
  };
  expect_differentiable(masked,
                        {random_tensor({3, 4}, 44), random_tensor({5, 4}, 45), random_tensor({5, 2}, 46)});
}

TEST(Gradients, OfSelfAttention) {
  expect_differentiable([](const auto& v) { return self_attention(v[0], 2); },
                        {random_tensor({2, 5, 18}, 47)});
}

TEST(Attention, OfOneHeadIsThatOfItsParts) {
  const Variable qkv(random_tensor({3, 4, 15}, 48));
  const auto y =
      attention(slice(qkv, 2, 0, 5), slice(qkv, 2, 5, 5), slice(qkv, 2, 10, 5)).value().values<double>();
  const auto own = self_attention(qkv, 1).value().values<double>();
  for (std::size_t i = 0; i < y.size(); ++i) EXPECT_NEAR(own[i], y[i], 1e-14);
}

TEST(Softmax, OfRowsOfAnyLength) {
  for (const std::int64_t columns : {1, 3, 8, 13, 50}) {
    const auto x = random_tensor({7, columns}, 49);
    for (const bool logarithm : {false, true}) {
      const auto exact = softmax(x, logarithm, 0.7).values<double>();
      const auto y = softmax(x.to(DataType::f32), logarithm, 0.7).values<double>();
      for (std::size_t i = 0; i < y.size(); ++i) EXPECT_NEAR(y[i], exact[i], 2e-6);
    }
  }
}

TEST(Softmax, PassesOnWhatIsNoNumber) {
  auto x = Tensor::zeros({2, 3});
  x.mutable_data<float>()[1] = std::numeric_limits<float>::quiet_NaN();
  const auto y = softmax(x, false).values<double>();
  EXPECT_TRUE(std::isnan(y[1]));
  EXPECT_NEAR(y[4], 1.0 / 3, 1e-7);
}

TEST(Gradients, OfConvolutions) {
  struct Case {
    Shape x, weights;
    ConvolutionGeometry geometry;
  };
  for (const auto& [x, weights, geometry] :
       {Case{{1, 1, 1, 1}, {1, 1, 1, 1}, {}}, Case{{2, 3, 5, 4}, {4, 3, 3, 3}, {1, 1, 1}},
        Case{{2, 3, 7, 5}, {2, 3, 3, 2}, {2, 1, 1}}, Case{{1, 4, 5, 5}, {6, 2, 3, 3}, {1, 0, 2}},
        Case{{2, 3, 4, 4}, {3, 1, 3, 3}, {1, 1, 3}}, Case{{3, 8, 4, 4}, {16, 8, 1, 1}, {2, 0, 1}},
        Case{{1, 1, 9, 9}, {2, 1, 7, 7}, {2, 3, 1}}}) {
    SCOPED_TRACE(to_string(x) + " * " + to_string(weights));
    const auto by = geometry;
    expect_differentiable([by](const auto& v) { return convolution(v[0], v[1], {}, by); },
                          {random_tensor(x, 51), random_tensor(weights, 52)});
    expect_differentiable(
        [by](const auto& v) { return convolution(v[0], v[1], v[2], by); },
        {random_tensor(x, 53), random_tensor(weights, 54), random_tensor({weights[0]}, 55)});
  }
}

TEST(Gradients, OfConvolutionsOfNetworksAreTheSameInF32) {
  struct Case {
    Shape x, weights;
    ConvolutionGeometry geometry;
  };
  for (const auto& [x, weights, geometry] :
       {Case{{16, 16, 7, 7}, {32, 16, 3, 3}, {2, 1, 1}}, Case{{16, 16, 7, 7}, {32, 16, 1, 1}, {2, 0, 1}},
        Case{{4, 8, 14, 14}, {16, 8, 3, 3}, {2, 1, 1}}, Case{{4, 8, 14, 14}, {16, 8, 1, 1}, {2, 0, 1}},
        Case{{3, 1, 28, 28}, {8, 1, 3, 3}, {2, 1, 1}}, Case{{2, 64, 8, 8}, {64, 64, 3, 3}, {1, 1, 1}},
        Case{{2, 32, 9, 7}, {48, 32, 1, 1}, {1, 0, 1}}, Case{{2, 3, 23, 23}, {64, 3, 7, 7}, {2, 3, 1}},
        Case{{2, 24, 7, 7}, {40, 24, 1, 1}, {2, 0, 1}}, Case{{2, 64, 7, 7}, {128, 64, 1, 1}, {2, 0, 1}}}) {
    SCOPED_TRACE(to_string(x) + " * " + to_string(weights));
    const auto by = geometry;
    expect_same_in_f32([by](const auto& v) { return convolution(v[0], v[1], {}, by); },
                       {random_tensor(x, 56), random_tensor(weights, 57)}, 1e-4);
  }
}

TEST(Gradients, OfPooling) {
  for (const auto kind : {Pooling::Kind::max, Pooling::Kind::average})
    for (const auto& window :
         {Pooling{kind, 2, 2, 2, 0}, Pooling{kind, 3, 3, 2, 1}, Pooling{kind, 1, 2, 1, 0}}) {
      SCOPED_TRACE(static_cast<int>(kind));
      expect_differentiable([window](const auto& v) { return pooling(v[0], window); },
                            {random_tensor({2, 3, 5, 6}, 61)});
    }
  expect_differentiable([](const auto& v) { return global_average_pooling(v[0]); },
                        {random_tensor({3, 2, 3, 4}, 62)});
}

TEST(Gradients, OfNorms) {
  for (const auto& x : {Shape{4, 3}, Shape{3, 2, 2, 3}, Shape{2, 1, 1, 2}, Shape{5, 16, 3, 3}}) {
    const std::int64_t c = x[1];
    const std::vector<Tensor> inputs{random_tensor(x, 71), random_tensor({c}, 72), random_tensor({c}, 73)};
    for (const bool training : {true, false}) {
      expect_differentiable(
          [training, c](const auto& v) {
            const auto type = v[0].value().type();
            RunningMoments running{random_tensor({c}, 74, type), positive({c}, 75).to(type)};
            return batch_norm(v[0], v[1], v[2], running, training);
          },
          inputs);
      expect_differentiable(
          [training, c](const auto& v) {
            const auto type = v[0].value().type();
            RunningMoments running{random_tensor({c}, 74, type), positive({c}, 75).to(type)};
            return batch_norm_relu(v[0], v[1], v[2], running, training);
          },
          inputs);
      auto with_added = inputs;
      with_added.push_back(random_tensor(x, 79));
      expect_differentiable(
          [training, c](const auto& v) {
            const auto type = v[0].value().type();
            RunningMoments running{random_tensor({c}, 74, type), positive({c}, 75).to(type)};
            return batch_norm_add_relu(v[0], v[1], v[2], v[3], running, training);
          },
          with_added);
    }
  }
  for (const auto& x : {Shape{4, 3}, Shape{2, 3, 5}, Shape{7}}) {
    const std::int64_t n = x[-1];
    expect_differentiable([](const auto& v) { return layer_norm(v[0], v[1], v[2]); },
                          {random_tensor(x, 76), random_tensor({n}, 77), random_tensor({n}, 78)});
  }
}

TEST(BatchNorm, AgreesWithItsDefinition) {
  // The reference sums in two passes over each channel; a mean far from zero is where single precision
  // suffers.
  for (const auto& shape : {Shape{5, 3, 4, 7}, Shape{64, 8, 14, 14}, Shape{9, 21}}) {
    const std::int64_t c = shape[1];
    const auto x = affine(random_tensor(shape, 79), 1, 30);
    const auto scale = random_tensor({c}, 80);
    const auto shift = random_tensor({c}, 81);
    Moments exact{Tensor({c}, DataType::f64), Tensor({c}, DataType::f64)};
    Tensor expected(shape, DataType::f64);
    reference::batch_norm(x.to(DataType::f32).to(DataType::f64), scale, shift, 1e-5, true, exact.mean,
                          exact.variance, expected);
    Moments found;
    const auto y = batch_norm(x.to(DataType::f32), scale.to(DataType::f32), shift.to(DataType::f32), 1e-5,
                              true, false, found);
    const auto near = [](const Tensor& a, const Tensor& b, double tolerance) {
      const auto v = a.values<double>();
      const auto w = b.values<double>();
      for (std::size_t i = 0; i < v.size(); ++i) EXPECT_NEAR(v[i], w[i], tolerance);
    };
    near(found.mean, exact.mean, 1e-5);
    near(found.variance, exact.variance, 1e-6);
    near(y, expected, 1e-5);
  }
}

TEST(Gradients, OfViews) {
  const auto x = random_tensor({2, 3, 4}, 81);
  expect_differentiable([](const auto& v) { return reshape(v[0], {4, -1}); }, {x});
  expect_differentiable([](const auto& v) { return permute(v[0], {2, 0, 1}); }, {x});
  expect_differentiable([](const auto& v) { return slice(v[0], 1, 1, 2); }, {x});
  expect_differentiable([](const auto& v) { return slice(v[0], -1, 0, 0); }, {x});
  expect_differentiable([](const auto& v) { return expand(slice(v[0], 0, 0, 1), {5, 3, 4}); }, {x});
  expect_differentiable(
      [](const auto& v) {
        return concatenate({v[0], v[1], v[0]}, 1);
      },
      {x, random_tensor({2, 1, 4}, 82)});
  expect_differentiable([](const auto& v) { return gather(v[0], {1, 0, 1, 1}); }, {x});
  EXPECT_THROW(gather(Variable(x), {2}), std::out_of_range);
}

TEST(Gradients, OfLosses) {
  const auto targets = softmax(random_tensor({4, 3}, 91), false);
  expect_differentiable([&](const auto& v) { return cross_entropy(v[0], targets.to(v[0].value().type())); },
                        {random_tensor({4, 3}, 92)});
  expect_differentiable(
      [](const auto& v) {
        return cross_entropy(v[0], std::vector<std::int64_t>{2, 0, 1, 1});
      },
      {random_tensor({4, 3}, 93)});
  expect_differentiable([](const auto& v) { return gaussian_log_likelihood(v[0], v[1], v[2]); },
                        {random_tensor({5, 2}, 94), random_tensor({5, 2}, 95), positive({5, 2}, 96)});
}

TEST(Dropout, KeepsTheMeanAndTheShareAndIsDifferentiable) {
  Philox random(random_key(3), 0);
  const Variable x(Tensor::full({1000, 100}, 1));
  const auto y = dropout(x, 0.25, random).value().values<float>();
  double zeros = 0;
  double total = 0;
  for (const auto value : y) {
    zeros += value == 0.0F ? 1 : 0;
    total += static_cast<double>(value);
  }
  // Five standard errors: sqrt(0.25 * 0.75 / 1e5) = 0.00137.
  EXPECT_NEAR(zeros / 1e5, 0.25, 5 * 0.00137);
  EXPECT_NEAR(total / 1e5, 1, 5 * 0.00137 / 0.75);
  expect_differentiable(
      [](const auto& v) {
        Philox fresh(random_key(4), 0);
        return dropout(v[0], 0.5, fresh);
      },
      {random_tensor({5, 7}, 97)});
}

TEST(Variable, AddsGradientsOfAllItsUses) {
  auto x = Variable::parameter(Tensor::full({}, 3, DataType::f64));
  (x * x + x).backward();
  EXPECT_DOUBLE_EQ(x.gradient().item(), 7);
  (x * 2.0).backward();
  EXPECT_DOUBLE_EQ(x.gradient().item(), 9);
  x.clear_gradient();
  EXPECT_FALSE(x.gradient());
}

TEST(Variable, GradientsOfOneUseDoNotChangeThoseOfAnother) {
  // Both terms of a sum get the same tensor; one of them adds more to it.
  auto a = Variable::parameter(Tensor::full({2}, 1, DataType::f64));
  auto b = Variable::parameter(Tensor::full({2}, 1, DataType::f64));
  sum((a + b) + a).backward();
  EXPECT_EQ(a.gradient().values<double>(), (std::vector<double>{2, 2}));
  EXPECT_EQ(b.gradient().values<double>(), (std::vector<double>{1, 1}));
}

TEST(Variable, RecordsNothingWhereNobodyAsks) {
  auto x = Variable::parameter(Tensor::full({}, 3));
  {
    const NoGradient here;
    EXPECT_FALSE((x * 2.0).wants_gradient());
  }
  EXPECT_TRUE((x * 2.0).wants_gradient());
  EXPECT_FALSE((Variable(Tensor::full({}, 1)) * 2.0).wants_gradient());
}

TEST(Variable, LongChainsNeedNoStack) {
  auto x = Variable::parameter(Tensor::full({}, 1, DataType::f64));
  {
    Variable y = x;
    for (int i = 0; i < 200'000; ++i) y = y + 1.0;
  }
  Variable y = x;
  for (int i = 0; i < 200'000; ++i) y = y + 1.0;
  y.backward();
  EXPECT_DOUBLE_EQ(x.gradient().item(), 1);
}

TEST(Variable, TellsWhenAParametersGradientIsComplete) {
  auto first = Variable::parameter(Tensor::full({}, 2, DataType::f64));
  auto second = Variable::parameter(Tensor::full({}, 5, DataType::f64));
  std::vector<std::pair<char, double>> told;
  first.when_gradient_is_complete([&] { told.emplace_back('a', first.gradient().item()); });
  second.when_gradient_is_complete([&] { told.emplace_back('b', second.gradient().item()); });
  const auto hidden = first * first;
  (hidden * second + second).backward();
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0], std::pair('b', 5.0));  // the last layer's comes first
  EXPECT_EQ(told[1], std::pair('a', 20.0));
}

TEST(Variable, KeepsItsGradientInAnArena) {
  Tensor arena = Tensor::full({4}, 9, DataType::f64);
  auto x = Variable::parameter(Tensor::full({2}, 3, DataType::f64));
  x.keep_gradient_in(arena.slice(0, 1, 2));
  for (int turn = 0; turn < 2; ++turn) {
    x.clear_gradient();
    sum(x * x).backward();
    EXPECT_EQ(arena.values<double>(), (std::vector<double>{9, 6, 6, 9}));
  }
}

}  // namespace
}  // namespace reprise::nn
