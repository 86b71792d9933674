#include "kernels/vision/product_gradients.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "kernels/autodiff/functions.hpp"
#include "kernels/vision/steps.hpp"
#include "kernels/vision/windows.hpp"

namespace reprise::nn {
namespace {

/// x [n, tokens, width], token i of the result is x's order[i].
Variable in_order(const Variable& x, const std::vector<std::int64_t>& order) {
  return permute(gather(permute(x, {1, 0, 2}), order), {1, 0, 2});
}

std::vector<std::int64_t> inverse(const std::vector<std::int64_t>& order) {
  std::vector<std::int64_t> places(order.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    places[static_cast<std::size_t>(order[i])] = static_cast<std::int64_t>(i);
  return places;
}

/// merged_patches(), differentiable.
Variable merged(const Variable& x, std::int64_t grid) {
  const std::int64_t half = grid / 2;
  const auto pairs = permute(reshape(x, {x.size(0), half, 2, half, 2, x.size(2)}), {0, 1, 3, 4, 2, 5});
  return reshape(pairs, {x.size(0), half * half, 4 * x.size(2)});
}

/// The steps of forward.cpp as expressions that gradients are taken of. To each product a zero is added whose
/// gradient is the product's.
class DifferentiableStep {
 public:
  explicit DifferentiableStep(const VisionModel& model) : model_(model) {}

  Variable embed(const Tensor& images) {
    const auto x = layer(0, image_patches(images, model_.shape.patch), model_.patch_embed);
    if (model_.shape.family == VisionFamily::swin) return normed(x, model_.patch_norm);
    const auto first = expand(model_.cls_token, {x.size(0), 1, x.size(2)});
    return concatenate({first, x}, 1) + Variable(model_.pos_embed);
  }

  Variable block(const BlockStep& step, Variable x) {
    const auto& stage = model_.stages.at(static_cast<std::size_t>(step.stage));
    const auto& weights = stage.blocks.at(static_cast<std::size_t>(step.block));
    std::size_t site = step.site;
    if (step.merges) {
      const auto patches = merged(x, geometry_of(model_.shape, step.stage - 1).grid);
      x = layer(site + 1, normed(patches, stage.merge->norm), stage.merge->reduction);
      site += kSitesOfMerge;
    }
    x = x + attention(step, weights, normed(x, weights.norm1), site);
    const auto hidden = gelu(layer(site + 9, normed(x, weights.norm2), weights.fc1));
    return x + layer(site + 11, hidden, weights.fc2);
  }

  Variable classify(std::size_t site, Variable x) {
    const std::int64_t width = x.size(2);
    if (model_.shape.family == VisionFamily::vit)
      x = normed(reshape(slice(x, 1, 0, 1), {x.size(0), width}), model_.norm);
    else
      x = reshape(mean(normed(x, model_.norm), {1}), {x.size(0), width});
    return layer(site + 1, x, model_.head);
  }

  /// Of the products so far, after a backward pass.
  [[nodiscard]] std::map<std::size_t, Tensor> gradients() const {
    std::map<std::size_t, Tensor> all;
    for (const auto& [site, zero] : zeros_) all[site] = zero.gradient().to_contiguous();
    return all;
  }

 private:
  Variable watched(std::size_t site, const Variable& product) {
    const auto zero = Variable::parameter(Tensor::zeros(product.shape(), product.value().type()));
    zeros_.emplace(site, zero);
    return product + zero;
  }
  Variable layer(std::size_t site, const Variable& x, const LinearWeights& weights) {
    return watched(site, linear(x, weights.weight, weights.bias ? Variable(weights.bias) : Variable()));
  }
  [[nodiscard]] Variable normed(const Variable& x, const NormWeights& norm) const {
    return layer_norm(x, norm.scale, norm.shift, model_.epsilon());
  }

  Variable attention(const BlockStep& step, const BlockWeights& weights, const Variable& x,
                     std::size_t site) {
    const auto size = geometry_of(model_.shape, step.stage);
    if (model_.shape.family == VisionFamily::vit)
      return layer(site + 7, mixed(weights, x, size, 0, site), weights.proj);
    const std::int64_t shift = step.block % 2 == 1 && size.grid > size.window ? size.window / 2 : 0;
    const auto order = window_order(size.grid, size.window, shift);
    const auto windows = reshape(in_order(x, order), {x.size(0) * size.windows, size.attended(), size.width});
    const auto y = layer(site + 7, mixed(weights, windows, size, shift, site), weights.proj);
    return in_order(reshape(y, x.shape()), inverse(order));
  }

  Variable mixed(const BlockWeights& weights, const Variable& x, const StageGeometry& size,
                 std::int64_t shift, std::size_t site) {
    const std::int64_t depth = size.width / size.heads;
    const double scale = 1 / std::sqrt(static_cast<double>(depth));
    const auto qkv =
        permute(reshape(layer(site + 1, x, weights.qkv), {x.size(0), x.size(1), 3, size.heads, depth}),
                {2, 0, 3, 1, 4});
    const auto part = [&](std::int64_t which) {
      return reshape(slice(qkv, 0, which, 1), {x.size(0), size.heads, x.size(1), depth});
    };
    const bool swin = model_.shape.family == VisionFamily::swin;
    const auto q = swin ? part(0) * scale : part(0);
    auto logits = watched(site + 2, matmul(q, transpose(part(1), -1, -2)));
    logits = swin ? logits + Variable(position_bias(weights.position_bias, size.window)) : logits * scale;
    if (shift > 0) {
      const Variable mask = shift_mask(size.grid, size.window, shift, x.value().type());
      const Shape windows{x.size(0) / mask.size(0), mask.size(0), size.heads, x.size(1), x.size(1)};
      logits = reshape(reshape(logits, windows) + mask, logits.shape());
    }
    const auto y = watched(site + 6, matmul(softmax(logits), part(2)));
    return reshape(permute(y, {0, 2, 1, 3}), {x.size(0), x.size(1), size.width});
  }

  const VisionModel& model_;
  std::map<std::size_t, Variable> zeros_;
};

}  // namespace

StepGradients step_gradients(const VisionModel& model, std::int32_t step, const Tensor& x, const Tensor& dy) {
  const auto blocks = block_steps(model.shape);
  const auto count = static_cast<std::int32_t>(blocks.size());
  if (step < 0 || step > count + 1)
    throw std::invalid_argument(fmt::format("a pass of {} steps has no step {}", count + 2, step));
  DifferentiableStep pass(model);
  if (step == 0) {
    pass.embed(x).backward(dy);
    return {{}, pass.gradients()};
  }
  const auto input = Variable::parameter(x);
  const auto& at = blocks[static_cast<std::size_t>(std::min(step, count) - 1)];
  auto y = step <= count ? pass.block(at, input)
                         : pass.classify(at.site + kSitesOfBlock + (at.merges ? kSitesOfMerge : 0), input);
  y.backward(dy);
  return {input.gradient(), pass.gradients()};
}

}  // namespace reprise::nn
