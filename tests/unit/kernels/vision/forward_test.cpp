#include "kernels/vision/forward.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <numeric>

#include "kernels/modules/vision_transformer.hpp"
#include "kernels/vision/sites.hpp"
#include "tests/unit/kernels/vision/formula_models.hpp"

namespace reprise::nn {
namespace {

std::vector<double> logits_of(const VisionShape& shape, const std::string& image, DataType type) {
  Arithmetic plain;
  const auto model = converted(formula_model(shape), type);
  return forward(model, formula_images(shape, {image}).to(type), plain).values<double>();
}

void expect_near(const std::vector<double>& got, const std::vector<double>& wanted, double tolerance) {
  ASSERT_GE(got.size(), wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i)
    EXPECT_NEAR(got[i], wanted[i], tolerance) << "element " << i;
}

bool same_bits(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() && a.type() == b.type() && a.contiguous() && b.contiguous() &&
         std::memcmp(a.bytes(), b.bytes(), static_cast<std::size_t>(a.elements()) * size_of(a.type())) == 0;
}

// What an independent program in NumPy, which agrees with timm 0.6.12, makes of the same formulas in double
// precision.
const std::vector<double> kVitA{-.6687387, 2.2188473, .1589052, -1.2112684, -.0385057,
                                .8514631,  -.3442228, 1.119247, 1.5862755,  .8846899};
const std::vector<double> kSwinA{-1.0377627, .3392147,  -.5514557, -1.3338013, -.7532497,
                                 -.7190054,  2.5054457, .125286,   .0515249,   2.433138};

TEST(Forward, VisionTransformerGivesReferenceLogits) {
  expect_near(logits_of(vit_a(), "image0", DataType::f64), kVitA, 1e-6);
  expect_near(logits_of(vit_a(), "image0", DataType::f32), kVitA, 2e-5);
}

TEST(Forward, SwinGivesReferenceLogits) {
  expect_near(logits_of(swin_a(), "image2", DataType::f64), kSwinA, 1e-6);
  expect_near(logits_of(swin_a(), "image2", DataType::f32), kSwinA, 2e-5);
}

struct Reference {
  const char* model;
  const char* image;
  std::ptrdiff_t most;
  std::vector<double> first;
  double maximum, sum, norm;
};

void expect_reference(const Reference& reference, DataType type, double tolerance) {
  const auto got = logits_of(vision_shape(reference.model), reference.image, type);
  ASSERT_EQ(got.size(), 1000U);
  const auto most = std::max_element(got.begin(), got.end());
  EXPECT_EQ(most - got.begin(), reference.most);
  EXPECT_NEAR(*most, reference.maximum, tolerance);
  expect_near(got, reference.first, tolerance);
  EXPECT_NEAR(std::accumulate(got.begin(), got.end(), 0.0), reference.sum, 50 * tolerance);
  EXPECT_NEAR(std::sqrt(std::inner_product(got.begin(), got.end(), got.begin(), 0.0)), reference.norm,
              5 * tolerance);
}

const Reference kDeitTiny{
    "deit_tiny", "image1",  514,       {.1586972, .8700669, .0574299, -.1842888, .3353032},
    4.3155789,   4.8779275, 38.5537984};
const Reference kSwinTiny{
    "swin_tiny", "image3",   821,       {-.6695657, .5528968, 2.3055791, 2.694924, -2.1566854},
    4.3783493,   39.0032853, 37.1283057};

TEST(Forward, ModelsOfFullSizeGiveReferenceLogits) {
  expect_reference(kDeitTiny, DataType::f32, 2e-5);
  expect_reference(kSwinTiny, DataType::f32, 2e-5);
}

TEST(Forward, DeitTinyGivesReferenceLogitsInDoublePrecision) {
  expect_reference(kDeitTiny, DataType::f64, 1e-6);
}

TEST(Forward, SwinTinyGivesReferenceLogitsInDoublePrecision) {
  expect_reference(kSwinTiny, DataType::f64, 1e-6);
}

TEST(Forward, AgreesWithTheModuleThatIsTrained) {
  const VisionTransformerShape shape{.image = 28,
                                     .patch = 4,
                                     .channels = 1,
                                     .classes = 10,
                                     .width = 64,
                                     .depth = 4,
                                     .heads = 4,
                                     .hidden = 256};
  Philox random(random_key(5), 0);
  VisionTransformer module(shape, random);
  module.evaluate();
  const auto images = formula_images(vit_a(), {"a", "b", "c"});
  Arithmetic plain;
  const auto model = vision_model(vit_a(), module.state());
  expect_near(forward(model, images, plain).values<double>(),
              module(Variable(images)).value().values<double>(), 1e-5);
}

TEST(Forward, GoesOnFromAnyStepWithTheSameBits) {
  for (const auto& shape : {vit_a(), swin_a()}) {
    const auto model = formula_model(shape);
    Arithmetic plain;
    Tensor x = formula_images(shape, {"image0", "image1"});
    const auto whole = forward(model, x, plain);
    for (std::int32_t step = 0; step < step_count(shape); ++step) {
      EXPECT_TRUE(same_bits(forward(model, x, plain, step), whole)) << "from step " << step;
      x = run_step(model, step, x, plain);
    }
    EXPECT_TRUE(same_bits(x, whole));
  }
}

TEST(Forward, ImagesOfABatchDoNotTouchEachOther) {
  for (const auto& shape : {vit_a(), swin_a()}) {
    const auto model = formula_model(shape);
    Arithmetic plain;
    const auto both = forward(model, formula_images(shape, {"image0", "image1"}), plain);
    const auto second = forward(model, formula_images(shape, {"image1"}), plain);
    expect_near(second.values<double>(), both.slice(0, 1, 1).values<double>(), 1e-5);
  }
}

/// Notes what passes.
class Witness : public Arithmetic {
 public:
  Tensor activation(std::size_t site, Tensor x) override {
    EXPECT_TRUE(x.contiguous()) << "site " << site;
    sites.push_back(site);
    shapes.push_back(x.shape());
    return x;
  }
  Tensor linear(std::size_t site, std::size_t unit, const Tensor& x, const LinearWeights& weights) override {
    units.push_back(unit);
    layers.push_back(&weights);
    return Arithmetic::linear(site, unit, x, weights);
  }
  std::vector<std::size_t> sites;
  std::vector<Shape> shapes;
  std::vector<std::size_t> units;
  std::vector<const LinearWeights*> layers;
};

TEST(Forward, MeetsAllSitesAndWeightsInTheirOrder) {
  for (const auto& shape : {vit_a(), swin_a()}) {
    const auto model = formula_model(shape);
    const auto sites = sites_of(shape);
    const auto units = weights_of(shape);
    Tensor x = formula_images(shape, {"image0", "image1"});
    std::size_t next_site = 0;
    std::size_t next_unit = 0;
    for (std::int32_t step = 0; step < step_count(shape); ++step) {
      Witness witness;
      x = run_step(model, step, x, witness);
      // Values are met when they are mixed, after the probabilities that mix them.
      for (std::size_t i = 2; i < witness.sites.size(); ++i)
        if (sites.at(witness.sites[i]).kind == SiteKind::value) {
          std::rotate(witness.sites.begin() + static_cast<std::ptrdiff_t>(i) - 2,
                      witness.sites.begin() + static_cast<std::ptrdiff_t>(i),
                      witness.sites.begin() + static_cast<std::ptrdiff_t>(i) + 1);
          std::rotate(witness.shapes.begin() + static_cast<std::ptrdiff_t>(i) - 2,
                      witness.shapes.begin() + static_cast<std::ptrdiff_t>(i),
                      witness.shapes.begin() + static_cast<std::ptrdiff_t>(i) + 1);
        }
      for (std::size_t i = 0; i < witness.sites.size(); ++i, ++next_site) {
        ASSERT_EQ(witness.sites[i], next_site);
        const auto& site = sites.at(next_site);
        EXPECT_EQ(site.step, step) << site.name;
        EXPECT_EQ(witness.shapes[i].elements(), 2 * site.elements) << site.name;
        EXPECT_EQ(witness.shapes[i][-1], site.channels) << site.name;
        const bool by_head = site.kind >= SiteKind::query && site.kind <= SiteKind::probabilities;
        EXPECT_EQ(by_head ? witness.shapes[i][1] : 1, site.heads) << site.name;
      }
      for (std::size_t i = 0; i < witness.units.size(); ++i, ++next_unit) {
        ASSERT_EQ(witness.units[i], next_unit);
        EXPECT_EQ(units.at(next_unit).step, step);
        EXPECT_EQ(witness.layers[i], &weights_at(model, next_unit));
        EXPECT_EQ(witness.layers[i]->weight.shape(),
                  Shape({units[next_unit].rows, units[next_unit].columns}));
      }
    }
    EXPECT_EQ(next_site, sites.size());
    EXPECT_EQ(next_unit, units.size());
  }
}

/// Doubles one site.
class Doubling : public Arithmetic {
 public:
  explicit Doubling(std::size_t site) : site_(site) {}
  Tensor activation(std::size_t site, Tensor x) override { return site == site_ ? affine(x, 2) : x; }

 private:
  std::size_t site_;
};

TEST(Forward, WhatASiteReturnsIsUsedInItsPlace) {
  for (const auto& shape : {vit_a(), swin_a()}) {
    const auto model = formula_model(shape);
    const auto images = formula_images(shape, {"image0"});
    Arithmetic plain;
    const auto before = forward(model, images, plain);
    const auto sites = sites_of(shape);
    for (std::size_t site = 0; site < sites.size(); ++site) {
      Doubling doubling(site);
      const auto after = forward(model, images, doubling);
      // A norm undoes a factor; where the stream goes on beside it, it stays.
      const bool normed = sites[site].name == "norm.in" || sites[site].name.ends_with("downsample.norm.in");
      if (normed)
        expect_near(after.values<double>(), before.values<double>(), 1e-3);
      else
        EXPECT_FALSE(same_bits(after, before)) << sites[site].name;
    }
  }
}

TEST(Forward, RefusesWhatAStepCannotRead) {
  const auto model = formula_model(vit_a());
  Arithmetic plain;
  EXPECT_THROW(static_cast<void>(run_step(model, 0, Tensor({1, 3, 28, 28}), plain)), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(run_step(model, 1, Tensor({1, 49, 64}), plain)), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(run_step(model, 6, Tensor({1, 50, 64}), plain)), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(run_step(model, -1, Tensor({1, 1, 28, 28}), plain)), std::invalid_argument);
}

}  // namespace
}  // namespace reprise::nn
