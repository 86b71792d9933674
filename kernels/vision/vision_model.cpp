#include "kernels/vision/vision_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "kernels/vision/steps.hpp"

namespace reprise::nn {
namespace {

struct NamedShape {
  const char* name;
  VisionShape shape;
};

const std::vector<NamedShape>& known_shapes() {
  const auto vit = [](std::int64_t width, std::int64_t heads) {
    return VisionShape{.width = width, .depths = {12}, .heads = {heads}};
  };
  const auto swin = [](std::int64_t width, std::int64_t third, std::int64_t heads) {
    return VisionShape{.family = VisionFamily::swin,
                       .patch = 4,
                       .width = width,
                       .depths = {2, 2, third, 2},
                       .heads = {heads, 2 * heads, 4 * heads, 8 * heads}};
  };
  static const std::vector<NamedShape> known{
      {"vit_small", vit(384, 6)},      {"vit_base", vit(768, 12)},     {"deit_tiny", vit(192, 3)},
      {"deit_small", vit(384, 6)},     {"deit_base", vit(768, 12)},    {"swin_tiny", swin(96, 6, 3)},
      {"swin_small", swin(96, 18, 3)}, {"swin_base", swin(128, 18, 4)}};
  return known;
}

/// The stages and blocks of a shape, whose tensors are none yet.
VisionModel empty_model(const VisionShape& shape) {
  check_shape(shape);
  VisionModel model;
  model.shape = shape;
  for (std::size_t stage = 0; stage < shape.depths.size(); ++stage) {
    auto& made = model.stages.emplace_back();
    if (stage > 0) made.merge.emplace();
    made.heads = shape.heads[stage];
    made.blocks.resize(static_cast<std::size_t>(shape.depths[stage]));
  }
  return model;
}

/// visit(name, tensor, shape, needed) for each tensor of a model, const or not, by the names of timm.
template <class Model, class Visit>
void visit_tensors(Model& model, const Visit& visit) {
  const auto& shape = model.shape;
  const bool swin = shape.family == VisionFamily::swin;
  const auto norm = [&](const std::string& name, auto& weights, std::int64_t width) {
    visit(name + ".weight", weights.scale, Shape{width}, true);
    visit(name + ".bias", weights.shift, Shape{width}, true);
  };
  const auto linear = [&](const std::string& name, auto& weights, std::int64_t out, std::int64_t in,
                          bool with_bias = true) {
    visit(name + ".weight", weights.weight, Shape{out, in}, true);
    visit(name + ".bias", weights.bias, Shape{out}, with_bias);
  };
  visit("patch_embed.proj.weight", model.patch_embed.weight,
        Shape{shape.width, shape.channels, shape.patch, shape.patch}, true);
  visit("patch_embed.proj.bias", model.patch_embed.bias, Shape{shape.width}, true);
  if (swin) {
    norm("patch_embed.norm", model.patch_norm, shape.width);
  } else {
    visit("cls_token", model.cls_token, Shape{1, 1, shape.width}, true);
    visit("pos_embed", model.pos_embed, Shape{1, geometry_of(shape, 0).tokens, shape.width}, true);
  }
  for (std::size_t s = 0; s < model.stages.size(); ++s) {
    auto& stage = model.stages[s];
    const auto at = geometry_of(shape, static_cast<std::int64_t>(s));
    const std::int64_t hidden = shape.hidden_ratio * at.width;
    const auto prefix = swin ? fmt::format("layers.{}.", s) : "";
    if (stage.merge) {
      norm(prefix + "downsample.norm", stage.merge->norm, 2 * at.width);
      linear(prefix + "downsample.reduction", stage.merge->reduction, at.width, 2 * at.width, false);
    }
    for (std::size_t b = 0; b < stage.blocks.size(); ++b) {
      auto& block = stage.blocks[b];
      const auto name = fmt::format("{}blocks.{}.", prefix, b);
      norm(name + "norm1", block.norm1, at.width);
      linear(name + "attn.qkv", block.qkv, 3 * at.width, at.width);
      linear(name + "attn.proj", block.proj, at.width, at.width);
      if (swin)
        visit(name + "attn.relative_position_bias_table", block.position_bias,
              Shape{(2 * at.window - 1) * (2 * at.window - 1), at.heads}, true);
      norm(name + "norm2", block.norm2, at.width);
      linear(name + "mlp.fc1", block.fc1, hidden, at.width);
      linear(name + "mlp.fc2", block.fc2, at.width, hidden);
    }
  }
  const std::int64_t width = shape.width << (model.stages.size() - 1);
  norm("norm", model.norm, width);
  linear(swin ? "head.fc" : "head", model.head, shape.classes, width);
}

/// A patch embedding is a convolution in timm, a matrix here.
constexpr const char* kPatchEmbedding = "patch_embed.proj.weight";

bool computed_by_timm(const std::string& name) {
  return name.ends_with("relative_position_index") || name.ends_with("attn_mask");
}

/// What Swin's newer style calls a tensor of the older one, where merges end stages and the classifier is
/// "head".
std::string newer_name(const std::string& name) {
  if (name.starts_with("head.")) return "head.fc." + name.substr(5);
  const auto stage_end = name.find('.', 7);
  if (!name.starts_with("layers.") || stage_end == std::string::npos || stage_end == 7) return name;
  const auto stage = name.substr(7, stage_end - 7);
  if (name.compare(stage_end, 12, ".downsample.") != 0 || stage.size() > 3 ||
      !std::all_of(stage.begin(), stage.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return name;
  return fmt::format("layers.{}{}", std::stoi(stage) + 1, name.substr(stage_end));
}

bool is_finite(const Tensor& tensor) {
  return with_real_type(tensor.type(), [&](auto zero) {
    const auto* const x = tensor.data<decltype(zero)>();
    return std::all_of(x, x + tensor.elements(), [](auto number) { return std::isfinite(number); });
  });
}

/// A few of them, and how many more there are.
std::string listed(const std::vector<std::string>& problems) {
  constexpr std::size_t most = 10;
  std::string text;
  for (std::size_t i = 0; i < std::min(most, problems.size()); ++i)
    text += (i == 0 ? "" : "; ") + problems[i];
  if (problems.size() > most) text += fmt::format("; and {} more", problems.size() - most);
  return text;
}

}  // namespace

VisionShape vision_shape(const std::string& name) {
  std::string names;
  for (const auto& known : known_shapes()) {
    if (name == known.name) return known.shape;
    names += (names.empty() ? "" : ", ") + std::string(known.name);
  }
  throw std::invalid_argument(fmt::format("unknown vision transformer '{}': it is one of {}", name, names));
}

VisionModel vision_model(const VisionShape& shape, const NamedTensors& tensors) {
  const bool older = shape.family == VisionFamily::swin && !tensors.contains("head.fc.weight");
  std::map<std::string, std::pair<std::string, Tensor>>
      given;  // by our name, with the name that it came under
  for (const auto& [name, tensor] : tensors)
    if (!computed_by_timm(name)) given.emplace(older ? newer_name(name) : name, std::pair(name, tensor));
  auto model = empty_model(shape);
  std::vector<std::string> problems;
  visit_tensors(model, [&](const std::string& name, Tensor& into, const Shape& wanted, bool needed) {
    const auto found = given.find(name);
    if (found == given.end()) {
      if (needed) problems.push_back(name + " is missing");
      return;
    }
    const auto& [called, tensor] = found->second;
    if (tensor.shape() != wanted) {
      problems.push_back(
          fmt::format("{} has shape {}, not {}", called, to_string(tensor.shape()), to_string(wanted)));
    } else {
      into = tensor.to(DataType::f32).to_contiguous();
      if (!is_finite(into)) problems.push_back(called + " holds numbers that are not finite");
      if (name == kPatchEmbedding) into = into.reshape({wanted[0], -1});
    }
    given.erase(found);
  });
  for (const auto& [name, tensor] : given) problems.push_back(tensor.first + " is unknown");
  if (!problems.empty())
    throw std::invalid_argument("tensors don't make a vision transformer of this shape: " + listed(problems));
  return model;
}

NamedTensors named_tensors(const VisionModel& model) {
  NamedTensors tensors;
  visit_tensors(model, [&](const std::string& name, const Tensor& tensor, const Shape& shape, bool) {
    if (tensor) tensors[name] = tensor.reshape(shape);
  });
  return tensors;
}

std::map<std::string, Shape> tensor_shapes(const VisionShape& shape) {
  std::map<std::string, Shape> shapes;
  const auto model = empty_model(shape);
  visit_tensors(model, [&](const std::string& name, const Tensor&, const Shape& wanted, bool needed) {
    if (needed) shapes[name] = wanted;
  });
  return shapes;
}

VisionModel converted(const VisionModel& model, DataType type) {
  auto result = model;
  visit_tensors(result, [&](const std::string&, Tensor& tensor, const Shape&, bool) {
    if (tensor) tensor = tensor.to(type);
  });
  return result;
}

}  // namespace reprise::nn
