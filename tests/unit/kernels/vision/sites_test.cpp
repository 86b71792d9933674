#include "kernels/vision/sites.hpp"

#include <gtest/gtest.h>

#include <set>

#include "kernels/vision/forward.hpp"
#include "tests/unit/kernels/vision/formula_models.hpp"

namespace reprise::nn {
namespace {

/// What products read, of the blocks alone: those that are quantized when norms, softmax and GELU stay in
/// f32.
bool is_factor(SiteKind kind) {
  return kind != SiteKind::residual && kind != SiteKind::logits && kind != SiteKind::gelu_input &&
         kind != SiteKind::image;
}

TEST(Sites, HaveThePublishedNumbersOfElements) {
  struct Published {
    const char* model;
    double factors, all;
  };
  for (const auto& [model, factors, all] :
       {Published{"deit_tiny", 5.9, 10.1}, {"deit_small", 11.9, 20.1}, {"vit_base", 23.7, 40.2}}) {
    double of_factors = 0;
    double of_all = 0;
    const auto shape = vision_shape(model);
    for (const auto& site : sites_of(shape)) {
      if (site.step == 0 || site.step + 1 == step_count(shape)) continue;  // those of the blocks were counted
      of_all += 1e-6 * static_cast<double>(site.elements);
      if (is_factor(site.kind)) of_factors += 1e-6 * static_cast<double>(site.elements);
    }
    EXPECT_NEAR(of_factors, factors, 0.05) << model;
    EXPECT_NEAR(of_all, all, 0.05) << model;
  }
}

TEST(Sites, AreAsManyAsGreedyMixedPrecisionMeasures) {
  // ViT-B without the patch embedding: 49 weights, 146 activations. The small model: 67 of both.
  EXPECT_EQ(weights_of(vision_shape("vit_base")).size() - 1, 49U);
  EXPECT_EQ(sites_of(vision_shape("vit_base")).size() - 1, 146U);
  EXPECT_EQ(sites_of(vit_a()).size() - 1 + weights_of(vit_a()).size() - 1, 67U);
}

TEST(Sites, HaveNamesOfTheirOwn) {
  for (const auto& shape : {vit_a(), swin_a()}) {
    std::set<std::string> names;
    for (const auto& site : sites_of(shape)) names.insert(site.name);
    EXPECT_EQ(names.size(), sites_of(shape).size());
    EXPECT_TRUE(names.contains("norm.in"));
  }
  EXPECT_EQ(sites_of(vit_a())[2].name, "blocks.0.attn.qkv.in");
  EXPECT_EQ(sites_of(swin_a())[25].name, "layers.1.downsample.norm.in");
}

TEST(Weights, AreNamedAndShapedAsTheTensorsOfTheModel) {
  for (const auto& shape : {vit_a(), swin_a(), vision_shape("swin_tiny")}) {
    const auto shapes = tensor_shapes(shape);
    for (const auto& unit : weights_of(shape)) {
      const auto& tensor = shapes.at(unit.name);
      EXPECT_EQ(tensor[0], unit.rows) << unit.name;
      EXPECT_EQ(tensor.elements(), unit.rows * unit.columns) << unit.name;
    }
  }
}

TEST(Weights, AreLayersOfTheModelInOrder) {
  auto model = formula_model(swin_a());
  const auto units = weights_of(swin_a());
  const auto tensors = named_tensors(model);
  for (std::size_t unit = 0; unit < units.size(); ++unit)
    EXPECT_EQ(weights_at(model, unit).weight.buffer(), tensors.at(units[unit].name).buffer())
        << units[unit].name;
  EXPECT_THROW(static_cast<void>(weights_at(model, units.size())), std::invalid_argument);
}

TEST(NormPairs, JoinANormAndTheOneLayerThatReadsIt) {
  for (const auto& shape : {vit_a(), swin_a()}) {
    auto model = formula_model(shape);
    const auto sites = sites_of(shape);
    const auto units = weights_of(shape);
    const auto pairs = norm_pairs(shape);
    EXPECT_EQ(pairs.size(), shape.family == VisionFamily::vit ? 8U : 14U);
    for (const auto& pair : pairs) {
      const auto& unit = units.at(static_cast<std::size_t>(pair.weight));
      const auto& input = sites.at(static_cast<std::size_t>(pair.input));
      EXPECT_EQ(sites.at(static_cast<std::size_t>(pair.residual)).kind, SiteKind::residual);
      EXPECT_EQ(input.kind, unit.kind == WeightKind::qkv   ? SiteKind::qkv_input
                            : unit.kind == WeightKind::fc1 ? SiteKind::fc1_input
                                                           : SiteKind::reduction_input);
      EXPECT_EQ(input.step, unit.step);
      EXPECT_EQ(input.channels, pair.channels);
      EXPECT_EQ(unit.columns, pair.channels);
      EXPECT_EQ(norm_at(model, pair).scale.elements(), pair.channels);
      const auto layer = unit.name.substr(0, unit.name.find(unit.kind == WeightKind::qkv   ? "attn."
                                                            : unit.kind == WeightKind::fc1 ? "mlp."
                                                                                           : "reduction."));
      const auto norm = layer + (unit.kind == WeightKind::qkv   ? "norm1.weight"
                                 : unit.kind == WeightKind::fc1 ? "norm2.weight"
                                                                : "norm.weight");
      EXPECT_EQ(norm_at(model, pair).scale.buffer(), named_tensors(model).at(norm).buffer()) << norm;
    }
  }
}

}  // namespace
}  // namespace reprise::nn
