#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "kernels/vision/product_search.hpp"
#include "workers/mptq_vit/step_search.hpp"

namespace reprise::mptq_vit {

/// A product of a forward pass, and where its operands are.
struct StepProduct {
  nn::Product product;
  std::size_t left = 0;               ///< site
  std::optional<std::size_t> weight;  ///< unit, of layers
  std::optional<std::size_t> right;   ///< site, of attention
};

/// All products of a step over the first images of a calibration set, in the order of computation; with
/// gradients of -log p(y) with respect to their outputs where asked for, y drawn from the model's
/// predictions p for each image with the set's seed.
[[nodiscard]] std::vector<StepProduct> step_products(const SetInputs& inputs, const CalibrationSet& set,
                                                     std::int32_t step, std::uint32_t images, bool gradients);

/// softmax(logits) - (1 at y), y drawn from softmax by uniforms of the seed, one for each image from `first`
/// on: the gradient of -log p(y). logits [n, classes].
[[nodiscard]] nn::Tensor surprise_gradient(const nn::Tensor& logits, std::uint64_t seed, std::uint64_t first);

}  // namespace reprise::mptq_vit
