#include "kernels/vision/forward.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "kernels/expects.hpp"
#include "kernels/tensor/operations.hpp"
#include "kernels/vision/steps.hpp"
#include "kernels/vision/windows.hpp"

namespace reprise::nn {
namespace {

Tensor normed(const Tensor& x, const NormWeights& norm, double epsilon) {
  Moments moments;
  return layer_norm(x, norm.scale, norm.shift, epsilon, moments);
}

/// branch + x, in the branch's memory.
Tensor added(Tensor branch, const Tensor& x) {
  accumulate(branch, x);
  return branch;
}

/// Where the next activation and the next weights are: they are met in the order of sites_of() and
/// weights_of().
struct Place {
  std::size_t site;
  std::size_t unit;
};

Tensor embed(const VisionModel& model, const Tensor& images, Arithmetic& arithmetic) {
  const auto& shape = model.shape;
  const Shape wanted{images.rank() == 4 ? images.size(0) : 1, shape.channels, shape.image, shape.image};
  if (images.shape() != wanted)
    throw std::invalid_argument(fmt::format("images have shape [n, {}, {}, {}], not {}", shape.channels,
                                            shape.image, shape.image, to_string(images.shape())));
  const auto x = arithmetic.linear(0, 0, image_patches(images, shape.patch), model.patch_embed);
  if (shape.family == VisionFamily::swin) return normed(x, model.patch_norm, model.epsilon());
  Tensor tokens({x.size(0), x.size(1) + 1, x.size(2)}, x.type());
  tokens.assign(model.pos_embed);
  auto first = tokens.slice(1, 0, 1);
  accumulate(first, model.cls_token);
  auto rest = tokens.slice(1, 1, x.size(1));
  accumulate(rest, x);
  return tokens;
}

Tensor merge(const VisionModel& model, const MergeWeights& weights, std::int64_t grid, const Tensor& x,
             Place& at, Arithmetic& arithmetic) {
  const auto patches = arithmetic.activation(at.site, merged_patches(x, grid));
  const auto y = arithmetic.linear(
      at.site + 1, at.unit, arithmetic.norm(at.site, at.site + 1, patches, weights.norm, model.epsilon()),
      weights.reduction);
  at.site += kSitesOfMerge;
  at.unit += kUnitsOfMerge;
  return y;
}

/// Attention of tokens x [n, m, width] to each other, without the last linear layer. Swin's scale queries
/// first and have a position bias and, in shifted windows, a mask.
struct Attention {
  const BlockWeights& weights;
  std::int64_t heads;
  Tensor bias;  ///< [heads, m, m], or none
  Tensor mask;  ///< [windows, 1, m, m], or none

  Tensor operator()(const Tensor& x, const Place& at, Arithmetic& arithmetic) const {
    const std::int64_t depth = x.size(2) / heads;
    const double scale = 1 / std::sqrt(static_cast<double>(depth));
    const auto qkv = arithmetic.linear(at.site + 1, at.unit, x, weights.qkv)
                         .reshape({x.size(0), x.size(1), 3, heads, depth})
                         .permute({2, 0, 3, 1, 4});
    const auto part = [&](std::int64_t which) {
      return qkv.slice(0, which, 1).erase_axis(0).to_contiguous();
    };
    auto q = part(0);
    if (bias) q = affine(q, scale);
    auto logits = arithmetic.scores(at.site + 2, at.site + 3, q, part(1));
    if (bias)
      accumulate(logits, bias);
    else
      logits = affine(logits, scale);
    logits = arithmetic.activation(at.site + 5, std::move(logits));
    if (mask) {
      const Shape windows{-1, mask.size(0), heads, x.size(1), x.size(1)};
      logits = binary(Binary::add, logits.reshape(windows), mask).reshape(logits.shape());
    }
    return arithmetic.mixture(at.site + 6, at.site + 4, arithmetic.softmax(at.site + 5, at.site + 6, logits),
                              part(2));
  }
};

/// residual + attention of x.
Tensor attention(const VisionModel& model, const BlockStep& step, const BlockWeights& weights,
                 const Tensor& x, const Tensor& residual, const Place& at, Arithmetic& arithmetic) {
  const auto size = geometry_of(model.shape, step.stage);
  Attention attend{weights, size.heads, {}, {}};
  if (model.shape.family == VisionFamily::vit)
    return arithmetic.linear_added(at.site + 7, at.unit + 1, attend(x, at, arithmetic), weights.proj,
                                   residual);
  const std::int64_t shift = step.block % 2 == 1 && size.grid > size.window ? size.window / 2 : 0;
  const auto order = window_order(size.grid, size.window, shift);
  attend.bias = position_bias(weights.position_bias, size.window);
  if (shift > 0) attend.mask = shift_mask(size.grid, size.window, shift, x.type());
  const auto windows = reordered(x, order).reshape({x.size(0) * size.windows, size.attended(), size.width});
  const auto mixed =
      arithmetic.linear(at.site + 7, at.unit + 1, attend(windows, at, arithmetic), weights.proj);
  return added(put_back(mixed.reshape(x.shape()), order), residual);
}

Tensor block(const VisionModel& model, const BlockStep& step, Tensor x, Arithmetic& arithmetic) {
  const auto& stage = model.stages.at(static_cast<std::size_t>(step.stage));
  const auto& weights = stage.blocks.at(static_cast<std::size_t>(step.block));
  Place at{step.site, step.unit};
  if (step.merges)
    x = merge(model, *stage.merge, geometry_of(model.shape, step.stage - 1).grid, x, at, arithmetic);
  x = arithmetic.activation(at.site, std::move(x));
  const auto first = arithmetic.norm(at.site, at.site + 1, x, weights.norm1, model.epsilon());
  x = attention(model, step, weights, first, x, at, arithmetic);
  x = arithmetic.activation(at.site + 8, std::move(x));
  const auto second = arithmetic.norm(at.site + 8, at.site + 9, x, weights.norm2, model.epsilon());
  const auto hidden = arithmetic.linear_gelu(at.site + 9, at.unit + 2, at.site + 10, second, weights.fc1);
  return arithmetic.linear_added(at.site + 11, at.unit + 3, hidden, weights.fc2, x);
}

Tensor classify(const VisionModel& model, Tensor x, const Place& at, Arithmetic& arithmetic) {
  x = arithmetic.activation(at.site, std::move(x));
  const std::int64_t width = x.size(2);
  if (model.shape.family == VisionFamily::vit) {
    const auto token = x.slice(1, 0, 1).reshape({x.size(0), width});
    x = arithmetic.norm(at.site, at.site + 1, token, model.norm, model.epsilon());
  } else {
    x = normed(x, model.norm, model.epsilon());
    x = affine(sum_to(x, {x.size(0), 1, width}), 1 / static_cast<double>(x.size(1)))
            .reshape({x.size(0), width});
  }
  return arithmetic.linear(at.site + 1, at.unit, x, model.head);
}

}  // namespace

Tensor Arithmetic::activation(std::size_t /*site*/, Tensor x) {
  return x;
}

Tensor Arithmetic::linear(std::size_t site, std::size_t /*unit*/, const Tensor& x,
                          const LinearWeights& weights) {
  const auto factor = activation(site, x);
  const auto y = matmul(factor.reshape({-1, factor.size(-1)}), weights.weight.transpose(0, 1),
                        weights.bias ? &weights.bias : nullptr);
  Shape shape = x.shape();
  shape[-1] = y.size(1);
  return y.reshape(shape);
}

Tensor Arithmetic::linear_gelu(std::size_t site, std::size_t unit, std::size_t gelu_input, const Tensor& x,
                               const LinearWeights& weights) {
  return elementwise(Elementwise::gelu_erf, activation(gelu_input, linear(site, unit, x, weights)));
}

Tensor Arithmetic::linear_added(std::size_t site, std::size_t unit, const Tensor& x,
                                const LinearWeights& weights, const Tensor& residual) {
  return added(linear(site, unit, x, weights), residual);
}

Tensor Arithmetic::scores(std::size_t query, std::size_t key, const Tensor& q, const Tensor& k) {
  const auto left = activation(query, q);
  return matmul(left, activation(key, k).transpose(-1, -2));
}

Tensor Arithmetic::mixture(std::size_t probabilities, std::size_t value, const Tensor& p, const Tensor& v) {
  const auto left = activation(probabilities, p);
  Tensor tokens({v.size(0), v.size(2), v.size(1) * v.size(3)}, v.type());
  auto heads = tokens.reshape({v.size(0), v.size(2), v.size(1), v.size(3)}).transpose(1, 2);
  matmul_into(left, activation(value, v), nullptr, heads);
  return tokens;
}

Tensor Arithmetic::norm(std::size_t /*input*/, std::size_t /*output*/, const Tensor& x,
                        const NormWeights& weights, double epsilon) {
  return normed(x, weights, epsilon);
}

Tensor Arithmetic::softmax(std::size_t /*logits*/, std::size_t /*probabilities*/, const Tensor& x) {
  return nn::softmax(x, false);
}

std::int32_t step_count(const VisionShape& shape) {
  return block_steps(shape).back().step + 2;
}

Tensor run_step(const VisionModel& model, std::int32_t step, const Tensor& x, Arithmetic& arithmetic) {
  const auto blocks = block_steps(model.shape);
  const auto count = static_cast<std::int32_t>(blocks.size());
  if (step < 0 || step > count + 1)
    throw std::invalid_argument(fmt::format("a pass of {} steps has no step {}", count + 2, step));
  if (step == 0) return embed(model, x, arithmetic);
  const auto& at = blocks[static_cast<std::size_t>(std::min(step, count) - 1)];
  const auto size = geometry_of(model.shape, step <= count && at.merges ? at.stage - 1 : at.stage);
  if (x.rank() != 3 || x.size(1) != size.tokens || x.size(2) != size.width)
    throw std::invalid_argument(fmt::format("step {} reads tokens of shape [n, {}, {}], not {}", step,
                                            size.tokens, size.width, to_string(x.shape())));
  if (step <= count) return block(model, at, x, arithmetic);
  return classify(model, x,
                  {at.site + kSitesOfBlock + (at.merges ? kSitesOfMerge : 0),
                   at.unit + kUnitsOfBlock + (at.merges ? kUnitsOfMerge : 0)},
                  arithmetic);
}

Tensor forward(const VisionModel& model, const Tensor& x, Arithmetic& arithmetic, std::int32_t first) {
  Tensor y = x;
  for (std::int32_t step = first; step < step_count(model.shape); ++step)
    y = run_step(model, step, y, arithmetic);
  return y;
}

}  // namespace reprise::nn
