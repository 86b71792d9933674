#include "kernels/vision/product_gradients.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "kernels/random/distributions.hpp"
#include "kernels/tensor/operations.hpp"
#include "kernels/vision/forward.hpp"
#include "kernels/vision/steps.hpp"
#include "tests/unit/kernels/vision/formula_models.hpp"

namespace reprise::nn {
namespace {

VisionShape small_vit() {
  return {.image = 8, .patch = 4, .channels = 1, .classes = 3, .width = 8, .depths = {2}, .heads = {2}};
}

Tensor normal_values(const Shape& shape, std::uint64_t seed) {
  Philox random(random_key(seed), 0);
  std::vector<double> values(static_cast<std::size_t>(shape.elements()));
  for (auto& value : values) value = normal(random);
  return Tensor::from(values, shape);
}

/// Adds a direction to what one product gives.
class Pushed : public Arithmetic {
 public:
  Pushed(std::size_t site, Tensor direction, double by) : site_(site), direction_(direction), by_(by) {}
  Tensor linear(std::size_t site, std::size_t unit, const Tensor& x, const LinearWeights& weights) override {
    return pushed(site, Arithmetic::linear(site, unit, x, weights));
  }
  Tensor scores(std::size_t query, std::size_t key, const Tensor& q, const Tensor& k) override {
    return pushed(query, Arithmetic::scores(query, key, q, k));
  }
  Tensor mixture(std::size_t probabilities, std::size_t value, const Tensor& p, const Tensor& v) override {
    const auto tokens = Arithmetic::mixture(probabilities, value, p, v);
    if (probabilities != site_) return tokens;
    const Shape heads{v.size(0), v.size(2), v.size(1), v.size(3)};
    return pushed(probabilities, tokens.reshape(heads).transpose(1, 2).to_contiguous())
        .transpose(1, 2)
        .reshape(tokens.shape());
  }

 private:
  [[nodiscard]] Tensor pushed(std::size_t site, Tensor y) const {
    if (site == site_) accumulate(y, direction_, by_);
    return y;
  }
  std::size_t site_;
  Tensor direction_;
  double by_;
};

double inner(const Tensor& a, const Tensor& b) {
  const auto x = a.values<double>();
  const auto y = b.values<double>();
  return std::inner_product(x.begin(), x.end(), y.begin(), 0.0);
}

/// Of every step of the model, along random directions, against central differences in double precision.
void expect_gradients(const VisionShape& shape) {
  const auto model = converted(formula_model(shape), DataType::f64);
  auto x = formula_images(shape, {"g0", "g1"}).to(DataType::f64);
  constexpr double kStep = 1e-5;
  std::size_t products = 0;
  for (std::int32_t step = 0; step < step_count(shape); ++step) {
    Arithmetic plain;
    const auto y = run_step(model, step, x, plain);
    const auto dy = normal_values(y.shape(), 100 + static_cast<std::uint64_t>(step));
    const auto gradients = step_gradients(model, step, x, dy);
    if (step > 0) {
      const auto direction = normal_values(x.shape(), 7);
      const auto at = [&](double by) {
        auto moved = x.clone();
        accumulate(moved, direction, by);
        return inner(run_step(model, step, moved, plain), dy);
      };
      EXPECT_NEAR(inner(gradients.input, direction), (at(kStep) - at(-kStep)) / (2 * kStep), 1e-6)
          << "input of step " << step;
    }
    for (const auto& [site, gradient] : gradients.outputs) {
      const auto direction = normal_values(gradient.shape(), 1000 + site);
      const auto at = [&](double by) {
        Pushed pushed(site, direction, by);
        return inner(run_step(model, step, x, pushed), dy);
      };
      EXPECT_NEAR(inner(gradient, direction), (at(kStep) - at(-kStep)) / (2 * kStep), 1e-6)
          << sites_of(shape)[site].name;
      ++products;
    }
    x = y;
  }
  EXPECT_EQ(products, weights_of(shape).size() + 2 * block_steps(shape).size());
}

TEST(ProductGradients, AgreeWithDifferencesOnVisionTransformers) {
  expect_gradients(small_vit());
}

TEST(ProductGradients, AgreeWithDifferencesOnSwin) {
  expect_gradients(small_swin());
}

TEST(ProductGradients, RefusesAStepThatIsNotThere) {
  const auto model = formula_model(small_vit());
  const auto x = Tensor::zeros({1, 5, 8});
  EXPECT_THROW(static_cast<void>(step_gradients(model, 4, x, x)), std::invalid_argument);
}

}  // namespace
}  // namespace reprise::nn
