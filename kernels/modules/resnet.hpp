#pragma once

#include "kernels/modules/layers.hpp"

namespace reprise::nn {

/// Two 3 x 3 convolutions and a shortcut past them (1 x 1 where the shape changes).
/// K. He et al., "Deep residual learning for image recognition", CVPR 2016, figure 5 left.
class BasicBlock : public Module {
 public:
  BasicBlock(std::int64_t in, std::int64_t out, std::int64_t stride, Philox& random);
  Variable operator()(const Variable& x) override;

 private:
  Convolution& conv1_;
  BatchNorm& bn1_;
  Convolution& conv2_;
  BatchNorm& bn2_;
  Sequential* downsample_ = nullptr;
};

struct ResNetShape {
  std::int64_t channels = 3;
  std::int64_t classes = 1000;
  std::int64_t width = 64;                          ///< of the first stage; doubled at each later one
  std::vector<std::int64_t> blocks = {2, 2, 2, 2};  ///< a stage
  std::int64_t stem_kernel = 7;
  std::int64_t stem_stride = 2;
  bool stem_pooling = true;  ///< 3 x 3 maxima, stride 2
};

/// A stem, stages of basic blocks, global mean, a linear layer. Names are torchvision's.
class ResNet : public Module {
 public:
  ResNet(const ResNetShape& shape, Philox& random);
  /// x [n, channels, h, w] to logits [n, classes]
  Variable operator()(const Variable& x) override;

 private:
  bool pooling_;
  Convolution& conv1_;
  BatchNorm& bn1_;
  std::vector<Sequential*> stages_;
  Linear* fc_;
};

}  // namespace reprise::nn
