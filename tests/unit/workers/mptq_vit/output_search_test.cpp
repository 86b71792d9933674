#include "workers/mptq_vit/output_search.hpp"

#include <gtest/gtest.h>

#include "tests/unit/workers/mptq_vit/stored_model.hpp"
#include "workers/mptq_vit/evaluation.hpp"

namespace reprise::mptq_vit {
namespace {

Recipe quick(Method method) {
  auto recipe = recipe_of(method);
  recipe.outputs.candidates = 8;
  recipe.outputs.images = 8;
  return recipe;
}

class OutputSearchTest : public StoredModel {
 protected:
  [[nodiscard]] QuantizerTable quantizers(Method method, const std::vector<std::uint8_t>& bits) {
    return store.run(table_of, calibrate(quick(method), bits));
  }

 private:
  static QuantizerTable table_of(const Ref<Calibration>& calibration, TaskContext& context) {
    return context.result(calibration).quantizers;
  }
};

TEST_F(OutputSearchTest, EveryUnitHasAQuantizerOfItsGroups) {
  const Units units(shape_of(set.model.name));
  for (const auto method : {Method::base_ptq, Method::ptq4vit, Method::ptq4vit_literal}) {
    const bool base = method == Method::base_ptq;
    const auto found = quantizers(method, {4});
    const QuantizerBook book(found);
    EXPECT_EQ(found.size(), units.count()) << name_of(method);
    for (std::size_t unit = 0; unit < units.count(); ++unit) {
      const auto& quantizer = book.at(unit, units.is_activation(unit) && units.is_stem(unit) ? kStemBits : 4);
      std::size_t groups = 1;
      auto kind = nn::QuantizerKind::symmetric;
      if (!units.is_activation(unit)) {
        const auto& weight = units.weights()[unit];
        if (weight.kind == nn::WeightKind::qkv) groups = 3;
        if (weight.kind == nn::WeightKind::patch_embed && !base)
          groups = static_cast<std::size_t>(weight.rows);
      } else {
        switch (units.site(unit).kind) {
          case nn::SiteKind::image:
            groups = 0;
            kind = nn::QuantizerKind::none;
            break;
          case nn::SiteKind::probabilities:
            if (!base)
              kind = method == Method::ptq4vit ? nn::QuantizerKind::probability_regions
                                               : nn::QuantizerKind::twin_probabilities;
            groups = base ? 4 : 1;
            break;
          case nn::SiteKind::query:
          case nn::SiteKind::key:
          case nn::SiteKind::value:
            groups = 4;
            break;
          case nn::SiteKind::fc2_input:
            if (!base) kind = nn::QuantizerKind::sign_regions;
            break;
          default:
            break;
        }
      }
      EXPECT_EQ(quantizer.kind, kind) << units.name(unit);
      EXPECT_EQ(quantizer.scale.size(), groups) << units.name(unit);
    }
  }
}

// The scale below zero is GELU's minimum over the codes there, whatever the values are.
TEST_F(OutputSearchTest, TheNegativeScaleAfterGeluIsFixed) {
  const Units units(shape_of(set.model.name));
  const QuantizerBook book(quantizers(Method::ptq4vit, {4}));
  for (std::size_t unit = units.weight_count(); unit < units.count(); ++unit)
    if (units.site(unit).kind == nn::SiteKind::fc2_input) {
      EXPECT_FLOAT_EQ(book.at(unit, 4).scale.at(0), 0.16997124254703522F / 8);
    }
}

TEST_F(OutputSearchTest, LosesLessWithMoreBits) {
  const Units units(shape_of(set.model.name));
  for (const auto method : {Method::base_ptq, Method::ptq4vit}) {
    const auto calibration = calibrate(quick(method), {3, 5, 8});
    double before = INFINITY;
    for (const int bits : {3, 5, 8}) {
      const auto allocation = units.uniform(Scheme::partial, bits, bits, bits);
      const LossProbe probe{set, calibration, allocation, 1, static_cast<std::uint8_t>(bits), 32, true};
      const double loss = store.run(probe_loss, probe).loss;
      EXPECT_GT(loss, 0);
      EXPECT_LT(loss, before) << name_of(method) << ", " << bits << " bits";
      before = loss;
    }
  }
}

TEST_F(OutputSearchTest, RefusesRulesThatItDoesNotKnow) {
  const auto search = [&](const Recipe& recipe) {
    return store.run(search_outputs, OutputSearch{set, {}, recipe, {4}, 1});
  };
  auto recipe = quick(Method::base_ptq);
  recipe.gelu = GeluRule::optm_sign;
  EXPECT_THROW(search(recipe), std::invalid_argument);
  recipe = quick(Method::base_ptq);
  recipe.probabilities = ProbabilityRule::log2;
  EXPECT_THROW(search(recipe), std::invalid_argument);
  EXPECT_THROW(search(recipe_of(Method::minmax)), std::invalid_argument);
}

}  // namespace
}  // namespace reprise::mptq_vit
