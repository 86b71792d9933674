#include "kernels/modules/vision_transformer.hpp"

#include "kernels/expects.hpp"

namespace reprise::nn {

MultiHeadAttention::MultiHeadAttention(std::int64_t width, std::int64_t heads, Philox& random)
    : heads_(heads),
      qkv_(part<Linear>("qkv", width, 3 * width, random)),
      proj_(part<Linear>("proj", width, width, random)) {
  expects(width % heads == 0, "heads divide the width");
}

Variable MultiHeadAttention::operator()(const Variable& x) {
  return proj_(self_attention(qkv_(x), heads_));
}

TransformerBlock::FeedForward::FeedForward(std::int64_t width, std::int64_t hidden, Philox& random)
    : fc1_(part<Linear>("fc1", width, hidden, random)), fc2_(part<Linear>("fc2", hidden, width, random)) {}

TransformerBlock::TransformerBlock(std::int64_t width, std::int64_t heads, std::int64_t hidden,
                                   Philox& random)
    : norm1_(part<LayerNorm>("norm1", width, 1e-6)),
      attention_(part<MultiHeadAttention>("attn", width, heads, random)),
      norm2_(part<LayerNorm>("norm2", width, 1e-6)),
      mlp_(part<FeedForward>("mlp", width, hidden, random)) {}

Variable TransformerBlock::operator()(const Variable& x) {
  const auto y = x + attention_(norm1_(x));
  return y + mlp_(norm2_(y));
}

VisionTransformer::PatchEmbedding::PatchEmbedding(const VisionTransformerShape& shape, Philox& random)
    : proj_(part<Convolution>("proj", shape.channels, shape.width,
                              Convolution::Options{shape.patch, {shape.patch, 0, 1}, true}, random)) {}

Variable VisionTransformer::PatchEmbedding::operator()(const Variable& x) {
  const auto y = proj_(x);
  return reshape(permute(y, {0, 2, 3, 1}), {y.size(0), y.size(2) * y.size(3), y.size(1)});
}

VisionTransformer::VisionTransformer(const VisionTransformerShape& shape, Philox& random)
    : cls_token_(parameter("cls_token", normal_tensor({1, 1, shape.width}, 1e-6, random))),
      pos_embed_(parameter("pos_embed",
                           [&] {
                             const std::int64_t side = shape.image / shape.patch;
                             return normal_tensor({1, side * side + 1, shape.width}, 0.02, random);
                           }())),
      patch_embed_(part<PatchEmbedding>("patch_embed", shape, random)),
      blocks_(part<Sequential>("blocks")),
      norm_(part<LayerNorm>("norm", shape.width, 1e-6)),
      head_(part<Linear>("head", shape.width, shape.classes, random)) {
  for (std::int64_t block = 0; block < shape.depth; ++block)
    blocks_.add<TransformerBlock>(shape.width, shape.heads, shape.hidden, random);
}

Variable VisionTransformer::operator()(const Variable& x) {
  const auto patches = patch_embed_(x);
  const auto first = expand(cls_token_, {x.size(0), 1, patches.size(2)});
  const auto y = norm_(blocks_(concatenate({first, patches}, 1) + pos_embed_));
  return head_(reshape(slice(y, 1, 0, 1), {x.size(0), y.size(2)}));
}

}  // namespace reprise::nn
