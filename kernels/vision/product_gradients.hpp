#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

#include "kernels/tensor/tensor.hpp"
#include "kernels/vision/vision_model.hpp"

namespace reprise::nn {

/// Gradients of a loss on the way back through one step of a forward pass.
struct StepGradients {
  Tensor input;  ///< with respect to what the step reads: what the step before needs; none for images
  /// With respect to what each product gives, by the site of its first factor (x of a layer, q, p):
  /// [..., out] of layers, [n, heads, m, m] of scores, [n, heads, m, d] of mixtures.
  std::map<std::size_t, Tensor> outputs;
};

/// x is what the step reads, dy the gradient with respect to what run_step() gives. By autodiff, in the
/// model's type. Throws std::invalid_argument for a step that the model doesn't have.
[[nodiscard]] StepGradients step_gradients(const VisionModel& model, std::int32_t step, const Tensor& x,
                                           const Tensor& dy);

}  // namespace reprise::nn
