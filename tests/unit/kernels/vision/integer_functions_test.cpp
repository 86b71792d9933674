#include "kernels/vision/integer_functions.hpp"

#include <gtest/gtest.h>

#include "kernels/quantise/channel_search.hpp"
#include "tests/unit/kernels/vision/calibration.hpp"

namespace reprise::nn {
namespace {

/// As FQ-ViT quantizes everything: asymmetric, powers of two between channels before norms, powers of two
/// after softmax.
QuantizedNetwork fully_quantized(const VisionModel& model, const Tensor& images, int bits) {
  auto network = calibrated(model, images, {bits, bits, false, true});
  Recorder recorder(model.shape);
  static_cast<void>(forward(model, images, recorder));
  const auto sites = sites_of(model.shape);
  for (std::size_t i = 0; i < sites.size(); ++i) {
    const auto x = numbers(recorder.seen[i]);
    const std::vector<Range> ranges{range(x)};
    if (sites[i].kind == SiteKind::residual) {
      const auto plain = asymmetric_quantizer(ranges, bits);
      network.sites[i] = plain;
      network.sites[i].scale.assign(static_cast<std::size_t>(sites[i].channels), plain.scale[0]);
      network.sites[i].zero.assign(static_cast<std::size_t>(sites[i].channels), plain.zero[0]);
    } else if (sites[i].kind == SiteKind::probabilities) {
      network.sites[i] = {QuantizerKind::log2, bits, {}, {}, {}};
    } else if (sites[i].kind != SiteKind::image) {
      network.sites[i] = asymmetric_quantizer(ranges, bits);
    }
  }
  return network;
}

double decibel_of(const VisionShape& shape, int bits) {
  const auto model = formula_model(shape);
  const auto images = formula_images(shape, counted_names("cal", 4));
  const auto network = fully_quantized(model, images, bits);
  const auto quantized = quantised_weights(model, network.weights);
  FakeQuantArithmetic plain(network.sites);
  IntegerFunctionsArithmetic integer(network.sites);
  const auto wanted = forward(quantized, images, plain);
  const auto got = forward(quantized, images, integer);
  EXPECT_NE(got.values<float>(), wanted.values<float>());
  return decibel(wanted, got);
}

TEST(IntegerFunctions, AreNearThoseInSinglePrecision) {
  EXPECT_GT(decibel_of(vit_a(), 8), 15);
  EXPECT_GT(decibel_of(swin_a(), 8), 15);
}

TEST(IntegerFunctions, SoftmaxGivesPowersOfTwoOnly) {
  const Quantizer logits{QuantizerKind::asymmetric, 8, {.05F}, {128}, {}};
  const Quantizer probabilities{QuantizerKind::log2, 4, {}, {}, {}};
  IntegerFunctionsArithmetic arithmetic({logits, probabilities});
  const auto x = Tensor::from(std::vector<float>{1, .5F, -.25F, -2, 3}, {1, 5});
  const auto y = arithmetic.softmax(0, 1, x);
  // FQ-ViT's own program gives these.
  EXPECT_EQ(y.values<float>(), (std::vector<float>{.125F, .0625F, .03125F, .0078125F, 1}));
  EXPECT_EQ(arithmetic.activation(1, y).values<float>(), y.values<float>());
}

TEST(IntegerFunctions, NormGivesMultiplesOfItsOutputsScale) {
  const Quantizer input{QuantizerKind::asymmetric, 8, {.01F, .02F, .01F, .04F}, {128, 128, 128, 128}, {}};
  const Quantizer output{QuantizerKind::asymmetric, 8, {.03F}, {128}, {}};
  IntegerFunctionsArithmetic arithmetic({input, output});
  const NormWeights weights{Tensor::full({4}, 1.5), Tensor::full({4}, .3)};
  const auto x = Tensor::from(std::vector<float>{.5F, -.24F, .11F, .88F, -.7F, 1.2F, .33F, -.4F}, {2, 4});
  const auto got = arithmetic.norm(0, 1, x, weights, 1e-6).values<double>();
  const auto exact = Arithmetic().norm(0, 1, x, weights, 1e-6).values<double>();
  for (std::size_t i = 0; i < got.size(); ++i) {
    EXPECT_NEAR(got[i] / .03, std::rint(got[i] / .03), 1e-4);
    EXPECT_NEAR(got[i], exact[i], .03 / 2 + .02 * std::abs(exact[i]));
  }
}

TEST(IntegerFunctions, WhatQuantizersDoNotAllowStaysAsItWas) {
  const auto model = formula_model(vit_a());
  const auto images = formula_images(vit_a(), {"image0"});
  const auto network = calibrated(model, images, {8, 8, true, false});
  FakeQuantArithmetic plain(network.sites);
  IntegerFunctionsArithmetic integer(network.sites);
  EXPECT_EQ(forward(model, images, plain).values<float>(), forward(model, images, integer).values<float>());
}

}  // namespace
}  // namespace reprise::nn
