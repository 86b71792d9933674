#pragma once

#include <cstdint>
#include <vector>

#include "workers/mptq_vit/fold.hpp"
#include "workers/mptq_vit/quantizer_table.hpp"

namespace reprise::mptq_vit {

/// The quantizers of the activations of one step, from all calibration images: the search that is done per
/// layer. Where the recipe searches by outputs, without those that products read (OutputSearch).
struct StepSearch {
  CalibrationSet set;
  std::vector<Ref<Fold>> fold;  ///< one, where the model is folded
  Recipe recipe;
  std::vector<std::uint8_t> bits;  ///< a quantizer for each
  std::int32_t step = 0;
};

constexpr auto fields(const StepSearch*) {
  using S = StepSearch;
  return std::tuple{field("set", &S::set, "model and images"),
                    field("fold", &S::fold, "how norms are folded, where they are"),
                    field("recipe", &S::recipe, "how quantizers are calibrated"),
                    field("bits", &S::bits, "bits to calibrate for", "bit"),
                    field("step", &S::step, "of the forward pass")};
}

/// Throws Error naming the site where an activation is no finite number.
QuantizerTable search_step(const StepSearch& input, TaskContext& context);

inline const Task<StepSearch, QuantizerTable> kStepSearch{
    "mptq_vit.activations", 1, search_step, "quantizers of the activations of a block",
    [](const StepSearch& input) {
      return forward_seconds(input.set.model.name, 0.5 * input.set.count) + 0.1;
    }};

/// The quantizers of one layer's weights.
struct WeightSearch {
  ModelSource model;
  std::vector<Ref<Fold>> fold;
  WeightRule rule = WeightRule::minmax;
  std::vector<std::uint8_t> bits;
  std::uint32_t unit = 0;
};

constexpr auto fields(const WeightSearch*) {
  using W = WeightSearch;
  return std::tuple{
      field("model", &W::model, "model"), field("fold", &W::fold, "how norms are folded, where they are"),
      field("rule", &W::rule, "how ranges are found"),
      field("bits", &W::bits, "bits to calibrate for", "bit"), field("unit", &W::unit, "which layer")};
}

QuantizerTable search_weights(const WeightSearch& input, TaskContext& context);

inline const Task<WeightSearch, QuantizerTable> kWeightSearch{"mptq_vit.weights", 1, search_weights,
                                                              "quantizers of a layer's weights", nullptr};

/// The model, folded where there is a fold; made once a process.
[[nodiscard]] std::shared_ptr<const nn::VisionModel> load_folded(const ModelSource& model,
                                                                 const std::vector<Ref<Fold>>& fold,
                                                                 TaskContext& context);

/// A model in single precision and what its steps read over all calibration images; made once a process.
struct SetInputs {
  std::shared_ptr<const nn::VisionModel> model;
  StepInputs steps;
};
[[nodiscard]] std::shared_ptr<const SetInputs> step_inputs(const CalibrationSet& set,
                                                           const std::vector<Ref<Fold>>& fold,
                                                           TaskContext& context);

}  // namespace reprise::mptq_vit
