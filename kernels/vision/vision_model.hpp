#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kernels/modules/module.hpp"
#include "kernels/tensor/tensor.hpp"

namespace reprise::nn {

struct NormWeights {
  Tensor scale;  ///< [width]
  Tensor shift;  ///< [width]
};

struct LinearWeights {
  Tensor weight;  ///< [out, in]
  Tensor bias;    ///< [out]; no tensor where there is none
};

/// x + attention(norm1(x)), then x + mlp(norm2(x)).
struct BlockWeights {
  NormWeights norm1;
  LinearWeights qkv;
  LinearWeights proj;
  Tensor position_bias;  ///< [(2 window - 1)^2, heads]; Swin's only
  NormWeights norm2;
  LinearWeights fc1;
  LinearWeights fc2;
};

/// Merges 2 x 2 patches: norm over 4 C, then a linear layer to 2 C. Swin's.
struct MergeWeights {
  NormWeights norm;
  LinearWeights reduction;
};

struct StageWeights {
  std::optional<MergeWeights> merge;  ///< before the blocks
  std::int64_t heads = 1;
  std::vector<BlockWeights> blocks;
};

enum class VisionFamily : std::uint8_t { vit, swin };

struct VisionShape {
  VisionFamily family = VisionFamily::vit;
  std::int64_t image = 224;
  std::int64_t patch = 16;
  std::int64_t channels = 3;
  std::int64_t classes = 1000;
  std::int64_t width = 192;          ///< Swin: of the first stage
  std::vector<std::int64_t> depths;  ///< blocks of each stage; ViT has one
  std::vector<std::int64_t> heads;   ///< of each stage
  std::int64_t hidden_ratio = 4;     ///< width of the MLP over the block's
  std::int64_t window = 7;           ///< Swin's

  friend bool operator==(const VisionShape&, const VisionShape&) = default;
};

/// "vit_small", "vit_base", "deit_tiny", "deit_small", "deit_base", "swin_tiny", "swin_small", "swin_base":
/// timm's, of 224 pixels. Throws std::invalid_argument that lists them.
[[nodiscard]] VisionShape vision_shape(const std::string& name);

/// A vision transformer as plain tensors, for inference: ViT and DeiT (A. Dosovitskiy et al., ICLR 2021; H.
/// Touvron et al., ICML 2021), Swin (Z. Liu et al., ICCV 2021).
struct VisionModel {
  VisionShape shape;
  LinearWeights patch_embed;  ///< [width, channels patch patch]
  NormWeights patch_norm;     ///< Swin's only
  Tensor cls_token;           ///< [1, 1, width]; ViT's only
  Tensor pos_embed;           ///< [1, 1 + patches, width]; ViT's only
  std::vector<StageWeights> stages;
  NormWeights norm;
  LinearWeights head;

  [[nodiscard]] double epsilon() const { return shape.family == VisionFamily::vit ? 1e-6 : 1e-5; }
};

/// Takes tensors by timm's names, of either of Swin's two styles; buffers that timm computes are ignored.
/// Other types become f32. Tensors are shared, not copied. Throws std::invalid_argument that names every
/// tensor that is missing, unknown or of another shape, and those that hold numbers which are not finite.
[[nodiscard]] VisionModel vision_model(const VisionShape& shape, const NamedTensors& tensors);
/// By timm's names (Swin's newer style).
[[nodiscard]] NamedTensors named_tensors(const VisionModel& model);
/// What vision_model() needs, by the same names.
[[nodiscard]] std::map<std::string, Shape> tensor_shapes(const VisionShape& shape);
/// Computes in this type: f32, or f64 for reference.
[[nodiscard]] VisionModel converted(const VisionModel& model, DataType type);

}  // namespace reprise::nn
