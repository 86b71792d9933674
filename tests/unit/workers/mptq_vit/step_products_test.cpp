#include "workers/mptq_vit/step_products.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernels/tensor/operations.hpp"
#include "tests/unit/kernels/vision/formula_models.hpp"
#include "workers/mptq_vit/units.hpp"

namespace reprise::mptq_vit {
namespace {

SetInputs inputs_of(const nn::VisionShape& shape, int images) {
  std::vector<std::string> names;
  for (int i = 0; i < images; ++i) names.push_back("step" + std::to_string(i));
  auto model = std::make_shared<const nn::VisionModel>(nn::formula_model(shape));
  StepInputs steps(model, nn::formula_images(shape, names),
                   [] { return std::make_unique<nn::Arithmetic>(); });
  return {std::move(model), std::move(steps)};
}

/// The class y of each row of the gradient of -log p(y): the one entry below zero.
std::vector<std::size_t> drawn(const nn::Tensor& logits, std::uint64_t seed, std::uint64_t first) {
  const auto gradient = surprise_gradient(logits, seed, first).values<float>();
  const auto classes = static_cast<std::size_t>(logits.size(1));
  std::vector<std::size_t> all;
  for (std::size_t at = 0; at < gradient.size(); at += classes) {
    const auto row = std::span(gradient).subspan(at, classes);
    all.push_back(static_cast<std::size_t>(std::ranges::min_element(row) - row.begin()));
    EXPECT_NEAR(std::accumulate(row.begin(), row.end(), 0.0), 0, 1e-6);
  }
  return all;
}

TEST(SurpriseGradient, ClassesAreDrawnAsPredicted) {
  constexpr std::int64_t kImages = 20'000;
  const auto row = nn::Tensor::from(std::vector{std::log(.6F), std::log(.3F), std::log(.1F)}, {1, 3});
  const auto classes = drawn(row.expand({kImages, 3}).to_contiguous(), 3, 0);
  // Five standard errors: a false alarm in a million seeds; the seed is fixed.
  for (const auto& [which, p] : {std::pair{0U, .6}, {1U, .3}, {2U, .1}})
    EXPECT_NEAR(static_cast<double>(std::ranges::count(classes, which)) / kImages, p,
                5 * std::sqrt(p * (1 - p) / kImages));
}

TEST(SurpriseGradient, AnImageHasItsClassWhereverItsPartBegins) {
  const auto logits = nn::Tensor::zeros({40, 5});
  const auto all = drawn(logits, 3, 0);
  const auto later = drawn(logits.slice(0, 0, 30).to_contiguous(), 3, 10);
  EXPECT_TRUE(std::equal(later.begin(), later.end(), all.begin() + 10));
  EXPECT_NE(drawn(logits, 4, 0), all);
}

TEST(StepProducts, HoldEachProductOnceWithItsOutputsAndGradients) {
  const auto inputs = inputs_of(nn::small_swin(), 3);
  const Units units(inputs.model->shape);
  std::size_t layers = 0;
  std::size_t attention = 0;
  for (std::int32_t step = 0; step < nn::step_count(inputs.model->shape); ++step) {
    for (const auto& each : step_products(inputs, {}, step, 3, true)) {
      const auto& product = each.product;
      ASSERT_EQ(product.left.size(), 1U);
      const auto again = nn::multiplied(product, product.left[0], product.right[0]).values<float>();
      const auto outputs = product.outputs[0].values<float>();
      ASSERT_EQ(again.size(), outputs.size());
      for (std::size_t i = 0; i < again.size(); ++i) EXPECT_NEAR(again[i], outputs[i], 1e-5);
      EXPECT_EQ(product.gradient[0].shape(), product.outputs[0].shape()) << units.sites()[each.left].name;
      EXPECT_TRUE(is_factor(units.sites()[each.left].kind));
      ++(each.weight ? layers : attention);
    }
  }
  EXPECT_EQ(layers, units.weight_count());
  EXPECT_EQ(attention, 2U * 3U);
}

TEST(StepProducts, GradientsAreThoseOfTheWholePass) {
  // What the classifier's gradient says about logits reaches the first step: a push of the patch embedding's
  // bias changes -log p(y) as its outputs' gradients, summed over images and patches, say.
  const auto inputs = inputs_of(nn::small_swin(), 4);
  const auto first = step_products(inputs, {}, 0, 4, true).at(0).product.gradient.at(0);
  const auto of_bias = nn::sum_to(first, {1, 1, first.size(2)}).values<double>();
  const auto images = inputs.steps.at(0).at(0).to(nn::DataType::f64);
  nn::Arithmetic plain;
  const auto classes = drawn(nn::forward(*inputs.model, images.to(nn::DataType::f32), plain), 3, 0);
  const auto loss = [&](std::size_t channel, double by) {
    auto model = nn::converted(*inputs.model, nn::DataType::f64);
    model.patch_embed.bias = model.patch_embed.bias.clone();
    model.patch_embed.bias.mutable_data<double>()[channel] += by;
    const auto logs = nn::softmax(nn::forward(model, images, plain), true).values<double>();
    double sum = 0;
    for (std::size_t i = 0; i < classes.size(); ++i) sum -= logs[i * 3 + classes[i]];
    return sum;
  };
  for (std::size_t channel = 0; channel < 8; ++channel)
    EXPECT_NEAR(of_bias[channel], (loss(channel, 1e-4) - loss(channel, -1e-4)) / 2e-4,
                1e-4 * std::max(1.0, std::abs(of_bias[channel])))
        << "channel " << channel;
}

TEST(StepProducts, TakeTheFirstImagesWhateverTheParts) {
  const auto inputs = inputs_of(nn::small_swin(), 40);  // parts of 32 and 8
  const auto some = step_products(inputs, {}, 1, 36, true);
  const auto all = step_products(inputs, {}, 1, 40, true);
  for (std::size_t i = 0; i < some.size(); ++i) {
    ASSERT_EQ(some[i].product.left.size(), 2U);
    const auto windows = all[i].product.left[1].size(0) / 8;
    EXPECT_EQ(some[i].product.left[1].size(0), 4 * windows);
    const auto short_part = some[i].product.gradient[1].values<float>();
    const auto long_part = all[i].product.gradient[1].values<float>();
    for (std::size_t k = 0; k < short_part.size(); ++k) ASSERT_NEAR(short_part[k], long_part[k], 1e-5);
  }
  EXPECT_EQ(step_products(inputs, {}, 1, 32, false).at(0).product.left.size(), 1U);
}

}  // namespace
}  // namespace reprise::mptq_vit
