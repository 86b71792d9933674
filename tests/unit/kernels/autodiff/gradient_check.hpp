#pragma once

#include <gtest/gtest.h>

#include <functional>

#include "kernels/autodiff/functions.hpp"
#include "kernels/random/distributions.hpp"

namespace reprise::nn {

/// Standard normal in f64, the same for the same seed.
inline Tensor random_tensor(const Shape& shape, std::uint64_t seed, DataType type = DataType::f64) {
  Philox random(random_key(seed), 0);
  std::vector<double> values(static_cast<std::size_t>(shape.elements()));
  for (auto& value : values) value = normal(random);
  return Tensor::from(values, shape).to(type);
}

using Function = std::function<Variable(const std::vector<Variable>& inputs)>;

/// A fixed linear form of what `function` returns, so that every element of its gradient matters.
inline Variable contract(const Function& function, const std::vector<Variable>& inputs) {
  const auto y = function(inputs);
  return sum(y * Variable(random_tensor(y.shape(), 4711, y.value().type())));
}

/// Gradients of `function` with respect to every element of every input agree with central differences, in
/// f64, up to `tolerance` (relative, absolute below one).
inline void expect_gradients(const Function& function, const std::vector<Tensor>& values,
                             double tolerance = 1e-7) {
  std::vector<Variable> inputs;
  for (const auto& value : values) inputs.push_back(Variable::parameter(value.clone()));
  contract(function, inputs).backward();
  const NoGradient constant;
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    ASSERT_TRUE(inputs[k].gradient()) << "input " << k << " has no gradient";
    const auto gradient = inputs[k].gradient().values<double>();
    auto* const x = inputs[k].value().mutable_data<double>();
    ASSERT_TRUE(inputs[k].value().contiguous());
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      const double before = x[i];
      const double step = 1e-5 * std::max(1.0, std::abs(before));
      const auto at = [&](double place) {
        x[i] = place;
        return contract(function, inputs).value().item();
      };
      // Five points: the error is of fourth order.
      const double difference =
          (8 * (at(before + step) - at(before - step)) - (at(before + 2 * step) - at(before - 2 * step))) /
          (12 * step);
      x[i] = before;
      EXPECT_NEAR(gradient[i], difference, tolerance * std::max(1.0, std::abs(difference)))
          << "input " << k << " of shape " << to_string(values[k].shape()) << ", element " << i;
    }
  }
}

/// What `function` gives in f32 is what it gives in f64, gradients too, up to `tolerance` (relative, absolute
/// below one).
inline void expect_same_in_f32(const Function& function, const std::vector<Tensor>& values,
                               double tolerance = 2e-5) {
  const auto run = [&](DataType type) {
    std::vector<Variable> inputs;
    for (const auto& value : values) inputs.push_back(Variable::parameter(value.to(type).clone()));
    std::vector<std::vector<double>> results{function(inputs).value().values<double>()};
    contract(function, inputs).backward();
    for (const auto& input : inputs) results.push_back(input.gradient().values<double>());
    return results;
  };
  const auto exact = run(DataType::f64);
  const auto fast = run(DataType::f32);
  for (std::size_t k = 0; k < exact.size(); ++k) {
    ASSERT_EQ(exact[k].size(), fast[k].size());
    for (std::size_t i = 0; i < exact[k].size(); ++i)
      EXPECT_NEAR(fast[k][i], exact[k][i], tolerance * std::max(1.0, std::abs(exact[k][i])))
          << (k == 0 ? "value" : "gradient of input ") << k << ", element " << i;
  }
}

inline void expect_differentiable(const Function& function, const std::vector<Tensor>& values) {
  expect_gradients(function, values);
  expect_same_in_f32(function, values);
}

}  // namespace reprise::nn
