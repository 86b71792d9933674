#pragma once

#include <cstdint>
#include <vector>

#include "workers/mptq_vit/step_search.hpp"

namespace reprise::mptq_vit {

/// The quantizers of one step's weights and of what its products read, chosen by what they do to the
/// products' outputs: Base PTQ's and PTQ4ViT's search (Z. Yuan et al., ECCV 2022). Each product is searched
/// on its own, with operands from the model in single precision. What PTQ4ViT's loss is: the model's own
/// surprise at a class that it gave itself, -log p(y) with y drawn from p for each image; its paper's
/// divergence from the model's own predictions has no gradient where nothing is quantized yet.
struct OutputSearch {
  CalibrationSet set;
  std::vector<Ref<Fold>> fold;  ///< one, where the model is folded
  Recipe recipe;
  std::vector<std::uint8_t> bits;  ///< a quantizer for each, of weights and of activations
  std::int32_t step = 0;
};

constexpr auto fields(const OutputSearch*) {
  using S = OutputSearch;
  return std::tuple{field("set", &S::set, "model and images"),
                    field("fold", &S::fold, "how norms are folded, where they are"),
                    field("recipe", &S::recipe, "how quantizers are calibrated"),
                    field("bits", &S::bits, "bits to calibrate for", "bit"),
                    field("step", &S::step, "of the forward pass")};
}

/// Throws std::invalid_argument for recipes that don't search by outputs, and for rules at GELU and softmax
/// that such a search doesn't know.
QuantizerTable search_outputs(const OutputSearch& input, TaskContext& context);
/// Of all its candidates' forward passes.
[[nodiscard]] double search_seconds(const OutputSearch& input);

inline const Task<OutputSearch, QuantizerTable> kOutputSearch{
    "mptq_vit.outputs", 1, search_outputs, "quantizers of a block by what they do to outputs",
    search_seconds};

}  // namespace reprise::mptq_vit
