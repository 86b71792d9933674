#include "kernels/modules/resnet.hpp"

namespace reprise::nn {

BasicBlock::BasicBlock(std::int64_t in, std::int64_t out, std::int64_t stride, Philox& random)
    : conv1_(part<Convolution>("conv1", in, out, Convolution::Options{3, {stride, 1, 1}}, random)),
      bn1_(part<BatchNorm>("bn1", out)),
      conv2_(part<Convolution>("conv2", out, out, Convolution::Options{3, {1, 1, 1}}, random)),
      bn2_(part<BatchNorm>("bn2", out)) {
  if (stride == 1 && in == out) return;
  downsample_ = &part<Sequential>("downsample");
  downsample_->add<Convolution>(in, out, Convolution::Options{1, {stride, 0, 1}}, random).add<BatchNorm>(out);
}

Variable BasicBlock::operator()(const Variable& x) {
  const auto y = conv2_(bn1_.rectified(conv1_(x)));
  return bn2_.rectified(y, downsample_ == nullptr ? x : (*downsample_)(x));
}

ResNet::ResNet(const ResNetShape& shape, Philox& random)
    : pooling_(shape.stem_pooling),
      conv1_(part<Convolution>(
          "conv1", shape.channels, shape.width,
          Convolution::Options{shape.stem_kernel, {shape.stem_stride, shape.stem_kernel / 2, 1}}, random)),
      bn1_(part<BatchNorm>("bn1", shape.width)) {
  std::int64_t in = shape.width;
  std::int64_t out = shape.width;
  for (std::size_t stage = 0; stage < shape.blocks.size(); ++stage, out *= 2) {
    auto& blocks = part<Sequential>("layer" + std::to_string(stage + 1));
    for (std::int64_t block = 0; block < shape.blocks[stage]; ++block) {
      blocks.add<BasicBlock>(in, out, stage > 0 && block == 0 ? 2 : 1, random);
      in = out;
    }
    stages_.push_back(&blocks);
  }
  fc_ = &part<Linear>("fc", in, shape.classes, random);
}

Variable ResNet::operator()(const Variable& x) {
  auto y = bn1_.rectified(conv1_(x));
  if (pooling_) y = pooling(y, {Pooling::Kind::max, 3, 3, 2, 1});
  for (auto* const stage : stages_) y = (*stage)(y);
  return (*fc_)(global_average_pooling(y));
}

}  // namespace reprise::nn
