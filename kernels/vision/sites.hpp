#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/vision/vision_model.hpp"

namespace reprise::nn {

/// What an activation that can be quantized is.
enum class SiteKind : std::uint8_t {
  image,      ///< what the patch embedding reads: [n, patches, channels patch patch]
  residual,   ///< the stream before a norm (before a merge's norm and the final one, too)
  qkv_input,  ///< norm1's output
  query,      ///< [n, heads, tokens, d]
  key,
  value,
  logits,           ///< of attention, before softmax (Swin: with position bias, before the mask is added)
  probabilities,    ///< softmax
  proj_input,       ///< mixed values of all heads
  fc1_input,        ///< norm2's output
  gelu_input,       ///< fc1's output
  fc2_input,        ///< GELU's output
  reduction_input,  ///< a merge's norm's output. Swin's
  head_input,       ///< what the classifier reads
};

struct Site {
  SiteKind kind = SiteKind::image;
  std::string name;           ///< "blocks.3.attn.qkv.in", "layers.1.blocks.0.mlp.pre"
  std::int32_t step = 0;      ///< where it is computed
  std::int64_t elements = 0;  ///< of one image
  std::int64_t channels = 1;  ///< of the last axis
  std::int64_t heads = 1;     ///< of query, key, value, logits and probabilities
};

enum class WeightKind : std::uint8_t { patch_embed, qkv, proj, fc1, fc2, reduction, head };

struct WeightUnit {
  WeightKind kind = WeightKind::qkv;
  std::string name;  ///< "blocks.3.attn.qkv.weight"
  std::int32_t step = 0;
  std::int64_t rows = 0;     ///< outputs
  std::int64_t columns = 0;  ///< inputs
};

/// All sites, in the order in which they are computed (values pass through theirs when they are mixed, after
/// logits).
[[nodiscard]] std::vector<Site> sites_of(const VisionShape& shape);
/// All weights of linear layers, in the order in which they are used.
[[nodiscard]] std::vector<WeightUnit> weights_of(const VisionShape& shape);
/// The layer that a unit stands for.
[[nodiscard]] LinearWeights& weights_at(VisionModel& model, std::size_t unit);
[[nodiscard]] const LinearWeights& weights_at(const VisionModel& model, std::size_t unit);

/// A norm whose output only one linear layer reads: what channels can be shifted and scaled between.
struct NormPair {
  std::int32_t residual = 0;  ///< the site that the norm reads
  std::int32_t input = 0;     ///< the site between them
  std::int32_t weight = 0;    ///< the weight unit
  std::int64_t channels = 0;
};
/// norm1 -> qkv, norm2 -> fc1, Swin's merge norm -> reduction; in the order of computation. Not the
/// classifier: only one token of an image reaches it.
[[nodiscard]] std::vector<NormPair> norm_pairs(const VisionShape& shape);
/// The norm of a pair.
[[nodiscard]] NormWeights& norm_at(VisionModel& model, const NormPair& pair);

}  // namespace reprise::nn
