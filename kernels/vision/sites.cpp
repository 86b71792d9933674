#include "kernels/vision/sites.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "kernels/vision/steps.hpp"

namespace reprise::nn {
namespace {

std::string stage_name(const VisionShape& shape, std::int64_t stage) {
  return shape.family == VisionFamily::vit ? "" : fmt::format("layers.{}.", stage);
}

std::string block_name(const VisionShape& shape, const BlockStep& step) {
  return fmt::format("{}blocks.{}.", stage_name(shape, step.stage), step.block);
}

/// The layers in the order of weights_of(). Model is const or not.
template <class Model>
auto layers_of(Model& model) {
  std::vector<decltype(&model.head)> layers{&model.patch_embed};
  for (auto& stage : model.stages) {
    if (stage.merge) layers.push_back(&stage.merge->reduction);
    for (auto& block : stage.blocks)
      layers.insert(layers.end(), {&block.qkv, &block.proj, &block.fc1, &block.fc2});
  }
  layers.push_back(&model.head);
  return layers;
}

template <class Model>
auto& layer_at(Model& model, std::size_t unit) {
  const auto layers = layers_of(model);
  if (unit >= layers.size())
    throw std::invalid_argument(
        fmt::format("a model of {} linear layers has none of index {}", layers.size(), unit));
  return *layers[unit];
}

}  // namespace

std::vector<Site> sites_of(const VisionShape& shape) {
  check_shape(shape);
  const std::int64_t grid = shape.image / shape.patch;
  const std::int64_t pixels = shape.channels * shape.patch * shape.patch;
  std::vector<Site> sites{{SiteKind::image, "patch_embed.proj.in", 0, grid * grid * pixels, pixels, 1}};
  const auto steps = block_steps(shape);
  for (const auto& step : steps) {
    const auto at = geometry_of(shape, step.stage);
    const auto add = [&](SiteKind kind, const std::string& name, std::int64_t rows, std::int64_t channels,
                         std::int64_t heads = 1) {
      sites.push_back({kind, name, step.step, rows * channels, channels, heads});
    };
    if (step.merges) {
      const auto merge = stage_name(shape, step.stage) + "downsample.";
      add(SiteKind::residual, merge + "norm.in", at.tokens, 2 * at.width);
      add(SiteKind::reduction_input, merge + "reduction.in", at.tokens, 2 * at.width);
    }
    const auto block = block_name(shape, step);
    const std::int64_t rows = at.tokens * at.heads;
    const std::int64_t depth = at.width / at.heads;
    add(SiteKind::residual, block + "res1", at.tokens, at.width);
    add(SiteKind::qkv_input, block + "attn.qkv.in", at.tokens, at.width);
    add(SiteKind::query, block + "attn.q", rows, depth, at.heads);
    add(SiteKind::key, block + "attn.k", rows, depth, at.heads);
    add(SiteKind::value, block + "attn.v", rows, depth, at.heads);
    add(SiteKind::logits, block + "attn.logits", rows, at.attended(), at.heads);
    add(SiteKind::probabilities, block + "attn.prob", rows, at.attended(), at.heads);
    add(SiteKind::proj_input, block + "attn.proj.in", at.tokens, at.width);
    add(SiteKind::residual, block + "res2", at.tokens, at.width);
    add(SiteKind::fc1_input, block + "mlp.fc1.in", at.tokens, at.width);
    add(SiteKind::gelu_input, block + "mlp.pre", at.tokens, shape.hidden_ratio * at.width);
    add(SiteKind::fc2_input, block + "mlp.fc2.in", at.tokens, shape.hidden_ratio * at.width);
  }
  const auto last = geometry_of(shape, steps.back().stage);
  const std::int32_t step = steps.back().step + 1;
  sites.push_back({SiteKind::residual, "norm.in", step, last.tokens * last.width, last.width, 1});
  sites.push_back({SiteKind::head_input, "head.in", step, last.width, last.width, 1});
  return sites;
}

std::vector<WeightUnit> weights_of(const VisionShape& shape) {
  const auto steps = block_steps(shape);
  std::vector<WeightUnit> units{{WeightKind::patch_embed, "patch_embed.proj.weight", 0, shape.width,
                                 shape.channels * shape.patch * shape.patch}};
  for (const auto& step : steps) {
    const std::int64_t width = geometry_of(shape, step.stage).width;
    const std::int64_t hidden = shape.hidden_ratio * width;
    const auto add = [&](WeightKind kind, const std::string& name, std::int64_t rows, std::int64_t columns) {
      units.push_back({kind, name + ".weight", step.step, rows, columns});
    };
    if (step.merges)
      add(WeightKind::reduction, stage_name(shape, step.stage) + "downsample.reduction", width, 2 * width);
    const auto block = block_name(shape, step);
    add(WeightKind::qkv, block + "attn.qkv", 3 * width, width);
    add(WeightKind::proj, block + "attn.proj", width, width);
    add(WeightKind::fc1, block + "mlp.fc1", hidden, width);
    add(WeightKind::fc2, block + "mlp.fc2", width, hidden);
  }
  units.push_back({WeightKind::head, shape.family == VisionFamily::vit ? "head.weight" : "head.fc.weight",
                   steps.back().step + 1, shape.classes, geometry_of(shape, steps.back().stage).width});
  return units;
}

LinearWeights& weights_at(VisionModel& model, std::size_t unit) {
  return layer_at(model, unit);
}

const LinearWeights& weights_at(const VisionModel& model, std::size_t unit) {
  return layer_at(model, unit);
}

std::vector<NormPair> norm_pairs(const VisionShape& shape) {
  std::vector<NormPair> pairs;
  for (const auto& step : block_steps(shape)) {
    const std::int64_t width = geometry_of(shape, step.stage).width;
    auto site = static_cast<std::int32_t>(step.site);
    auto unit = static_cast<std::int32_t>(step.unit);
    if (step.merges) {
      pairs.push_back({site, site + 1, unit, 2 * width});
      site += static_cast<std::int32_t>(kSitesOfMerge);
      unit += static_cast<std::int32_t>(kUnitsOfMerge);
    }
    pairs.push_back({site, site + 1, unit, width});
    pairs.push_back({site + 8, site + 9, unit + 2, width});
  }
  return pairs;
}

NormWeights& norm_at(VisionModel& model, const NormPair& pair) {
  const auto* const wanted = &weights_at(model, static_cast<std::size_t>(pair.weight));
  for (auto& stage : model.stages) {
    if (stage.merge && wanted == &stage.merge->reduction) return stage.merge->norm;
    for (auto& block : stage.blocks) {
      if (wanted == &block.qkv) return block.norm1;
      if (wanted == &block.fc1) return block.norm2;
    }
  }
  throw std::invalid_argument(fmt::format("no norm is read by weight unit {} alone", pair.weight));
}

}  // namespace reprise::nn
