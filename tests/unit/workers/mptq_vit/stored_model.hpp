#pragma once

#include <gtest/gtest.h>

#include "tests/unit/workers/stored_results.hpp"
#include "workers/common/data_sets.hpp"
#include "workers/common/fashion_images.hpp"
#include "workers/common/trainer.hpp"
#include "workers/mptq_vit/output_search.hpp"
#include "workers/mptq_vit/quantized_model.hpp"

namespace reprise::mptq_vit {

/// The smallest model as if it had been trained: parameters as they start, pulled about so that nothing is
/// zero.
class StoredModel : public testing::Test {
 protected:
  void SetUp() override {
    if (!locate(fashion_mnist())) GTEST_SKIP() << "dataset-fashion-mnist is not installed";
    TrainedVit trained;
    trained.parameters = flatten(*initial_network(training_of(ModelName::smoke_p7)));
    for (std::size_t i = 0; i < trained.parameters.size(); ++i)
      trained.parameters[i] = 4 * trained.parameters[i] + 0.02F * std::sin(static_cast<float>(i));
    set.model.trained = {store.store(trained)};
    const auto digest = fashion_digest();
    set.images = {ImageSet::fashion_mnist, 0, digest.high, digest.low};
    set.count = 40;
  }

  /// The recipe's calibration for these bits.
  Ref<Calibration> calibrate(const Recipe& recipe, const std::vector<std::uint8_t>& bits) {
    CalibrationParts parts;
    parts.integer_functions = recipe.integer_functions;
    if (recipe.smoothing != Smoothing::none) {
      FoldRule rule{set, {}, recipe.smoothing, recipe.alpha, bits.front()};
      rule.ranges.push_back(store.store(store.run(range_share, ImageShare{set, 0, set.count})));
      parts.fold.push_back(store.store(store.run(find_fold, rule)));
    }
    const Units units(shape_of(set.model.name));
    const bool by_outputs = recipe.outputs.score != OutputScore::none;
    for (std::uint32_t unit = 0; unit < units.weight_count() && !by_outputs; ++unit)
      parts.parts.push_back(store.store(
          store.run(search_weights, WeightSearch{set.model, parts.fold, recipe.weights, bits, unit})));
    for (std::int32_t step = 0; step < nn::step_count(shape_of(set.model.name)); ++step) {
      parts.parts.push_back(
          store.store(store.run(search_step, StepSearch{set, parts.fold, recipe, bits, step})));
      if (!by_outputs) continue;
      auto quick = recipe;
      quick.outputs.candidates = 5;
      quick.outputs.rounds = 1;
      parts.parts.push_back(
          store.store(store.run(search_outputs, OutputSearch{set, parts.fold, quick, bits, step})));
    }
    return store.store(store.run(assemble, parts));
  }

  StoredResults store;
  CalibrationSet set;
};

}  // namespace reprise::mptq_vit
