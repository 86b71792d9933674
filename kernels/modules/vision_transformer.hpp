#pragma once

#include "kernels/modules/layers.hpp"

namespace reprise::nn {

/// Attention of `heads` heads of tokens x [n, tokens, width] to each other.
class MultiHeadAttention : public Module {
 public:
  MultiHeadAttention(std::int64_t width, std::int64_t heads, Philox& random);
  Variable operator()(const Variable& x) override;

 private:
  std::int64_t heads_;
  Linear& qkv_;
  Linear& proj_;
};

/// x + attention(norm(x)), then x + mlp(norm(x)).
class TransformerBlock : public Module {
 public:
  TransformerBlock(std::int64_t width, std::int64_t heads, std::int64_t hidden, Philox& random);
  Variable operator()(const Variable& x) override;

 private:
  /// timm's: fc1, GELU, fc2
  class FeedForward : public Module {
   public:
    FeedForward(std::int64_t width, std::int64_t hidden, Philox& random);
    Variable operator()(const Variable& x) override { return fc2_(gelu(fc1_(x))); }

   private:
    Linear& fc1_;
    Linear& fc2_;
  };

  LayerNorm& norm1_;
  MultiHeadAttention& attention_;
  LayerNorm& norm2_;
  FeedForward& mlp_;
};

struct VisionTransformerShape {
  std::int64_t image = 224;
  std::int64_t patch = 16;
  std::int64_t channels = 3;
  std::int64_t classes = 1000;
  std::int64_t width = 192;
  std::int64_t depth = 12;
  std::int64_t heads = 3;
  std::int64_t hidden = 768;
};

/// A. Dosovitskiy et al., "An image is worth 16x16 words", ICLR 2021, with a class token. Names are timm's.
class VisionTransformer : public Module {
 public:
  VisionTransformer(const VisionTransformerShape& shape, Philox& random);
  /// x [n, channels, image, image] to logits [n, classes]
  Variable operator()(const Variable& x) override;

 private:
  class PatchEmbedding : public Module {
   public:
    PatchEmbedding(const VisionTransformerShape& shape, Philox& random);
    /// [n, channels, image, image] to [n, patches, width]
    Variable operator()(const Variable& x) override;

   private:
    Convolution& proj_;
  };

  Variable& cls_token_;
  Variable& pos_embed_;
  PatchEmbedding& patch_embed_;
  Sequential& blocks_;
  LayerNorm& norm_;
  Linear& head_;
};

}  // namespace reprise::nn
