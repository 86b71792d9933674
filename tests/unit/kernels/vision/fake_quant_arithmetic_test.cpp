#include "kernels/vision/fake_quant_arithmetic.hpp"

#include <gtest/gtest.h>

#include "tests/unit/kernels/vision/calibration.hpp"

namespace reprise::nn {
namespace {

/// All logits of 16 images against those of the model as it was.
double signal_to_noise(const VisionModel& original, const VisionModel& model, const Recipe& recipe) {
  const auto network = calibrated(model, formula_images(vit_a(), counted_names("cal", 16)), recipe);
  const auto images = formula_images(vit_a(), counted_names("ev", 16));
  Arithmetic plain;
  FakeQuantArithmetic quantised(network.sites);
  return decibel(forward(original, images, plain),
                 forward(quantised_weights(model, network.weights), images, quantised));
}

// What an independent program in NumPy makes of the same formulas in double precision; single precision moves
// codes at ties.
TEST(FakeQuant, SignalToNoiseOfTheFormulaModelIsThatOfTheReference) {
  const auto plain = formula_model(vit_a());
  const auto calibration = formula_images(vit_a(), counted_names("cal", 16));
  const auto smooth = smoothed(plain, calibration, false);
  const auto smooth_and_shifted = smoothed(plain, calibration, true);
  EXPECT_NEAR(signal_to_noise(plain, plain, {8, 8}), 26.378, .5);
  EXPECT_NEAR(signal_to_noise(plain, plain, {6, 6}), 13.724, .5);
  EXPECT_NEAR(signal_to_noise(plain, smooth, {8, 8}), 25.417, .5);
  EXPECT_NEAR(signal_to_noise(plain, smooth, {6, 6}), 13.089, .5);
  EXPECT_NEAR(signal_to_noise(plain, smooth_and_shifted, {8, 8}), 26.424, .5);
  EXPECT_NEAR(signal_to_noise(plain, smooth_and_shifted, {6, 6}), 14.186, .5);
  EXPECT_NEAR(signal_to_noise(plain, plain, {8, 8, true}), 28.285, .5);
  EXPECT_NEAR(signal_to_noise(plain, plain, {6, 6, true}), 16.604, .5);
  EXPECT_NEAR(signal_to_noise(plain, smooth_and_shifted, {8, 8, true}), 28.652, .5);
  EXPECT_NEAR(signal_to_noise(plain, smooth_and_shifted, {6, 6, true}), 18.970, .5);
  EXPECT_NEAR(signal_to_noise(plain, smooth_and_shifted, {8, 8, true, true}), 17.615, .5);
  EXPECT_NEAR(signal_to_noise(plain, smooth_and_shifted, {6, 6, true, true}), 9.376, .5);
  EXPECT_NEAR(signal_to_noise(plain, plain, {4, 4}), 2.898, 1.5);
  EXPECT_NEAR(signal_to_noise(plain, smooth_and_shifted, {4, 4, true}), 6.550, 1.5);
}

TEST(FakeQuant, SmoothingLeavesThePassAsItWas) {
  for (const auto& shape : {vit_a(), swin_a()}) {
    const auto model = formula_model(shape);
    const auto images = formula_images(shape, {"cal0", "cal1"});
    Arithmetic plain;
    EXPECT_GT(decibel(forward(model, images, plain), forward(smoothed(model, images, true), images, plain)),
              100);
  }
}

TEST(FakeQuant, RatiosOfRegionsAreThoseOfTheReference) {
  const auto network =
      calibrated(formula_model(vit_a()), formula_images(vit_a(), counted_names("cal", 16)), {4, 4, true});
  const auto sites = sites_of(vit_a());
  for (std::size_t i = 0; i < sites.size(); ++i) {
    const bool gelu = sites[i].kind == SiteKind::fc2_input;
    if (!gelu && sites[i].kind != SiteKind::probabilities) continue;
    EXPECT_EQ(network.sites[i].outer[0] / network.sites[i].scale[0], gelu ? 4 : 8) << sites[i].name;
  }
}

TEST(FakeQuant, NothingQuantizedIsThePlainPass) {
  const auto model = formula_model(swin_a());
  const auto images = formula_images(swin_a(), {"image2"});
  Arithmetic plain;
  FakeQuantArithmetic nothing(std::vector<Quantizer>(sites_of(swin_a()).size()));
  const auto same = quantised_weights(model, std::vector<Quantizer>(weights_of(swin_a()).size()));
  EXPECT_EQ(same.head.weight.buffer(), model.head.weight.buffer());
  EXPECT_EQ(forward(same, images, nothing).values<float>(), forward(model, images, plain).values<float>());
}

TEST(FakeQuant, DoublePrecisionAgreesWithSingleWhereCodesDo) {
  const auto images = formula_images(vit_a(), {"ev0", "ev1"});
  const auto model = formula_model(vit_a());
  const auto network = calibrated(model, images, {8, 8});
  const auto weights = quantised_weights(model, network.weights);
  const auto in_double = quantised_weights(converted(model, DataType::f64), network.weights);
  FakeQuantArithmetic quantised(network.sites);
  EXPECT_GT(
      decibel(forward(in_double, images.to(DataType::f64), quantised), forward(weights, images, quantised)),
      25);
}

TEST(FakeQuant, ScalesAreOfTensorsHeadsOrChannels) {
  Quantizer quantizer{QuantizerKind::symmetric, 8, {1}, {}, {}};
  EXPECT_EQ(activation_grouping(quantizer, {2, 5, 6}).groups, 1);
  quantizer.scale.assign(3, 1);
  EXPECT_EQ(activation_grouping(quantizer, {2, 3, 5, 7}).inner, 35);
  EXPECT_EQ(activation_grouping(quantizer, {2, 5, 3}).inner, 1);
  EXPECT_EQ(weight_grouping(quantizer, {6, 4}).inner, 8);
  EXPECT_THROW(static_cast<void>(activation_grouping(quantizer, {2, 3, 5})), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(activation_grouping(quantizer, {2, 2, 5, 3})), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(weight_grouping(quantizer, {4, 6})), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(quantised_weights(formula_model(vit_a()), {quantizer})),
               std::invalid_argument);
}

}  // namespace
}  // namespace reprise::nn
