#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "kernels/vision/vision_model.hpp"
#include "tests/unit/kernels/formula.hpp"

/// Vision transformers whose tensors are functions of their names.
namespace reprise::nn {

/// Swin's older names, where a merge ends a stage: those that references were made by.
inline std::string older_name(const std::string& name) {
  if (name.starts_with("head.fc.")) return "head." + name.substr(8);
  const auto merge = name.find(".downsample.");
  if (merge == std::string::npos) return name;
  return "layers." + std::to_string(std::stoi(name.substr(7)) - 1) + name.substr(merge);
}

inline NamedTensors formula_tensors(const VisionShape& shape) {
  NamedTensors tensors;
  for (const auto& [ours, sizes] : tensor_shapes(shape)) {
    const auto name = shape.family == VisionFamily::swin ? older_name(ours) : ours;
    tensors[name] = Tensor::from(formula::weights(name, {sizes.begin(), sizes.end()}), sizes);
  }
  return tensors;
}

inline VisionModel formula_model(const VisionShape& shape) {
  return vision_model(shape, formula_tensors(shape));
}

inline VisionShape vit_a() {
  return {.image = 28, .patch = 4, .channels = 1, .classes = 10, .width = 64, .depths = {4}, .heads = {4}};
}

inline VisionShape swin_a() {
  return {.family = VisionFamily::swin,
          .image = 112,
          .patch = 4,
          .classes = 10,
          .width = 32,
          .depths = {2, 2, 2},
          .heads = {2, 4, 8}};
}

/// [names, channels, image, image]
inline Tensor formula_images(const VisionShape& shape, const std::vector<std::string>& names) {
  std::vector<float> pixels;
  const auto side = static_cast<std::size_t>(shape.image);
  for (const auto& name : names) {
    const auto image = formula::image(name, static_cast<std::size_t>(shape.channels), side, side);
    pixels.insert(pixels.end(), image.begin(), image.end());
  }
  return Tensor::from(pixels,
                      {static_cast<std::int64_t>(names.size()), shape.channels, shape.image, shape.image});
}

/// The second block of the first stage has shifted windows, the second stage a merge and one window.
inline VisionShape small_swin() {
  return {.family = VisionFamily::swin,
          .image = 16,
          .patch = 2,
          .channels = 1,
          .classes = 3,
          .width = 8,
          .depths = {2, 1},
          .heads = {2, 4},
          .window = 4};
}

}  // namespace reprise::nn
