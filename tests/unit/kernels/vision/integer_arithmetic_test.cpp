#include "kernels/vision/integer_arithmetic.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "kernels/tensor/operations.hpp"
#include "kernels/vision/codes.hpp"
#include "tests/unit/kernels/vision/calibration.hpp"

namespace reprise::nn {
namespace {

/// Computes each product both ways from the same factors, so that no code moves, and goes on with the fake
/// one.
class Comparing : public FakeQuantArithmetic {
 public:
  Comparing(const VisionModel& model, const QuantizedNetwork& network)
      : FakeQuantArithmetic(network.sites), integers_(model, network) {}

  Tensor linear(std::size_t site, std::size_t unit, const Tensor& x, const LinearWeights& weights) override {
    return compared(FakeQuantArithmetic::linear(site, unit, x, weights),
                    integers_.linear(site, unit, x, weights));
  }
  Tensor scores(std::size_t query, std::size_t key, const Tensor& q, const Tensor& k) override {
    return compared(FakeQuantArithmetic::scores(query, key, q, k), integers_.scores(query, key, q, k));
  }
  Tensor mixture(std::size_t probabilities, std::size_t value, const Tensor& p, const Tensor& v) override {
    return compared(FakeQuantArithmetic::mixture(probabilities, value, p, v),
                    integers_.mixture(probabilities, value, p, v));
  }
  double worst = 0;  ///< difference over the largest number of its product
  int products = 0;

 private:
  Tensor compared(const Tensor& fake, const Tensor& integers) {
    EXPECT_EQ(fake.shape(), integers.shape());
    const auto a = fake.values<double>();
    const auto b = integers.values<double>();
    double most = 0;
    double difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      most = std::max(most, std::abs(a[i]));
      difference = std::max(difference, std::abs(a[i] - b[i]));
    }
    worst = std::max(worst, difference / most);
    ++products;
    return fake;
  }
  IntegerArithmetic integers_;
};

void expect_agreement(const VisionModel& model, const QuantizedNetwork& network, const Tensor& images) {
  Comparing both(model, network);
  static_cast<void>(forward(quantised_weights(model, network.weights), images, both));
  EXPECT_LT(both.worst, 2e-6);
  EXPECT_GT(both.products, 6);
  // From end to end codes at ties move, which few bits make large.
  FakeQuantArithmetic fake(network.sites);
  IntegerArithmetic integers(model, network);
  const auto expected = forward(quantised_weights(model, network.weights), images, fake);
  EXPECT_GT(decibel(expected, forward(model, images, integers)), 15);
}

TEST(IntegerArithmetic, ProductsAreThoseOfFakeQuantization) {
  for (const auto& shape : {vit_a(), swin_a()}) {
    const auto model = formula_model(shape);
    const auto images = formula_images(shape, {"ev0", "ev1", "ev2"});
    for (const bool regions : {false, true})
      for (const std::int32_t bits : {4, 8}) {
        SCOPED_TRACE(bits);
        const auto network = calibrated(model, images, {bits, bits, regions});
        const IntegerArithmetic integers(model, network);
        for (std::size_t unit = 0; unit < network.weights.size(); ++unit)
          EXPECT_TRUE(integers.multiplies_integers(unit)) << unit;
        expect_agreement(model, network, images);
      }
  }
}

TEST(IntegerArithmetic, FollowsWhatIsQuantizedElsewhere) {
  const auto model = formula_model(vit_a());
  const auto images = formula_images(vit_a(), {"ev0", "ev1", "ev2"});
  expect_agreement(model, calibrated(model, images, {8, 8, true, true}), images);
}

// As FakeQuant.SignalToNoiseOfTheFormulaModelIsThatOfTheReference.
TEST(IntegerArithmetic, SignalToNoiseOfTheFormulaModelIsThatOfTheReference) {
  const auto original = formula_model(vit_a());
  const auto calibration = formula_images(vit_a(), counted_names("cal", 16));
  const auto images = formula_images(vit_a(), counted_names("ev", 16));
  const auto smooth = smoothed(original, calibration, true);
  Arithmetic plain;
  const auto reference = forward(original, images, plain);
  const auto of_integers = [&](const VisionModel& model, const Recipe& recipe) {
    IntegerArithmetic integers(model, calibrated(model, calibration, recipe));
    return decibel(reference, forward(model, images, integers));
  };
  EXPECT_NEAR(of_integers(original, {8, 8}), 26.378, .5);
  EXPECT_NEAR(of_integers(smooth, {8, 8, true}), 28.652, .5);
  EXPECT_NEAR(of_integers(smooth, {6, 6, true}), 18.970, .5);
  EXPECT_NEAR(of_integers(smooth, {4, 4, true}), 6.550, 1.5);
}

/// The network of `recipe` with others at sites of a kind.
QuantizedNetwork with(const VisionModel& model, const Tensor& images, SiteKind kind,
                      const Quantizer& quantizer) {
  auto network = calibrated(model, images, {4, 4});
  const auto sites = sites_of(model.shape);
  for (std::size_t i = 0; i < sites.size(); ++i)
    if (sites[i].kind == kind) network.sites[i] = quantizer;
  return network;
}

TEST(IntegerArithmetic, MultipliesPowersOfTwo) {
  const auto model = formula_model(vit_a());
  const auto images = formula_images(vit_a(), {"ev0", "ev1"});
  for (const std::int32_t bits : {3, 4, 5}) {
    const Quantizer quantizer{QuantizerKind::log2, bits, {}, {}, {}};
    EXPECT_TRUE(has_left_codes(quantizer));
    expect_agreement(model, with(model, images, SiteKind::probabilities, quantizer), images);
  }
}

TEST(IntegerArithmetic, ComputesInFloatWhatHasNoUnit) {
  const auto model = formula_model(vit_a());
  const auto images = formula_images(vit_a(), {"ev0", "ev1"});
  const Quantizer roots{QuantizerKind::log_sqrt2, 4, {1}, {}, {}};
  EXPECT_FALSE(has_left_codes(roots));
  expect_agreement(model, with(model, images, SiteKind::probabilities, roots), images);
  const Quantizer unrelated{QuantizerKind::sign_regions, 4, {.01F}, {}, {.123F}};
  const auto network = with(model, images, SiteKind::fc2_input, unrelated);
  const IntegerArithmetic integers(model, network);
  EXPECT_FALSE(integers.multiplies_integers(4));  // fc2 of the first block
  EXPECT_TRUE(integers.multiplies_integers(3));
  expect_agreement(model, network, images);
  expect_agreement(model, with(model, images, SiteKind::key, {}), images);
}

TEST(IntegerArithmetic, CodesOfMoreThanEightBitsTakeTwoProducts) {
  const auto model = formula_model(vit_a());
  const auto images = formula_images(vit_a(), {"ev0", "ev1"});
  const Quantizer wide{QuantizerKind::magnitude_regions, 8, {.125F / 64}, {}, {.125F}};
  const Tensor one = Tensor::full({1, 1}, 2.0);
  EXPECT_EQ(left_codes(wide, Grouping::whole(), one).planes.size(), 2U);
  expect_agreement(model, with(model, images, SiteKind::fc2_input, wide), images);
}

TEST(IntegerArithmetic, BothFactorsMayBeAsymmetric) {
  const auto model = formula_model(swin_a());
  const auto images = formula_images(swin_a(), {"ev0", "ev1"});
  auto network = calibrated(model, images, {8, 8});
  Recorder recorder(swin_a());
  static_cast<void>(forward(model, images, recorder));
  for (const std::int32_t bits : {4, 8}) {
    for (std::size_t i = 0; i < network.sites.size(); ++i)
      if (network.sites[i].kind == QuantizerKind::symmetric || i > 0) {
        if (network.sites[i].kind == QuantizerKind::none) continue;
        network.sites[i] = asymmetric_quantizer(std::vector{range(numbers(recorder.seen[i]))}, bits);
      }
    for (std::size_t unit = 0; unit < network.weights.size(); ++unit) {
      const auto& weight = weights_at(model, unit).weight;
      network.weights[unit] = asymmetric_quantizer(
          ranges(Grouping::first_axis(weight.size(0), weight.size(1)), numbers(weight)), bits);
    }
    expect_agreement(model, network, images);
  }
}

TEST(IntegerArithmetic, HeadsAndBlocksOfRowsMayHaveScalesOfTheirOwn) {
  const auto model = formula_model(vit_a());
  const auto images = formula_images(vit_a(), {"ev0", "ev1"});
  auto network = calibrated(model, images, {4, 4});
  Recorder recorder(vit_a());
  static_cast<void>(forward(model, images, recorder));
  const auto sites = sites_of(vit_a());
  for (std::size_t i = 0; i < sites.size(); ++i) {
    if (sites[i].heads == 1 || sites[i].kind == SiteKind::logits) continue;
    const auto& x = recorder.seen[i];
    network.sites[i] = symmetric_quantizer(ranges({sites[i].heads, x.size(2) * x.size(3)}, numbers(x)),
                                           sites[i].heads > 1 ? 5 : 4);
  }
  const auto& qkv = model.stages[0].blocks[0].qkv.weight;
  network.weights[1] =
      symmetric_quantizer(ranges(Grouping::first_axis(3, qkv.elements() / 3), numbers(qkv)), 6);
  expect_agreement(model, network, images);
}

TEST(IntegerArithmetic, AReductionWithoutBiasIsMultipliedToo) {
  const auto model = smoothed(formula_model(swin_a()), formula_images(swin_a(), {"cal0"}), true);
  ASSERT_TRUE(model.stages[1].merge->reduction.bias);
  const auto images = formula_images(swin_a(), {"ev0"});
  expect_agreement(model, calibrated(model, images, {4, 4, true}), images);
}

TEST(IntegerArithmetic, RefusesQuantizersOfAnotherModel) {
  const auto model = formula_model(vit_a());
  EXPECT_THROW(IntegerArithmetic(model, {}), std::invalid_argument);
}

// A region's codes, its sums and what they stand for, computed by an independent program.
TEST(IntegerArithmetic, RegionsMultiplyAsInTheReference) {
  std::vector<float> x;
  for (const double number : formula::normals("ix", 96)) {
    const double z = -1 + 1.2 * number;
    x.push_back(static_cast<float>(z / 2 * (1 + std::erf(z / std::sqrt(2.0)))));
  }
  const float outer = *std::max_element(x.begin(), x.end()) / 7;
  const Quantizer quantizer{QuantizerKind::magnitude_regions, 4, {outer / 4}, {}, {outer}};
  std::vector<float> w;
  for (std::uint64_t i = 0; i < 80; ++i)
    w.push_back(static_cast<float>((2 * formula::uniform("iw", i) - 1) / 4));
  const auto of_rows = symmetric_quantizer(ranges(Grouping::first_axis(5, 16), w), 4);
  const auto left = left_codes(quantizer, Grouping::whole(), Tensor::from(x, {6, 16}));
  const auto right = right_codes(of_rows, Grouping::first_axis(5, 16), Tensor::from(w, {5, 16}));
  ASSERT_EQ(left.planes.size(), 1U);
  EXPECT_EQ(left.offset[0], 4);
  EXPECT_TRUE(right.zero.empty());
  const auto codes = left.planes[0].values<std::int32_t>();
  EXPECT_EQ(*std::min_element(codes.begin(), codes.end()), 1);
  EXPECT_EQ(*std::max_element(codes.begin(), codes.end()), 32);
  const auto sums =
      integer_matmul(left.planes[0], IntegerFactor(right.codes.transpose(0, 1), left.largest, true))
          .values<std::int32_t>();
  const auto of_codes = row_sums(right.codes).values<std::int32_t>();
  const std::vector<std::int32_t> expected{46, 9, 17, 131};
  const std::vector<double> values{.09001203, .01761119, .03104228, .24858543};
  for (std::size_t j = 0; j < 4; ++j) {
    EXPECT_EQ(sums[j] - 4 * of_codes[j], expected[j]);
    EXPECT_NEAR(static_cast<double>(left.unit[0]) * static_cast<double>(right.unit[j]) * expected[j],
                values[j], 1e-6 * values[j]);
  }
}

}  // namespace
}  // namespace reprise::nn
