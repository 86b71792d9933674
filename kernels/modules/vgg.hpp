#pragma once

#include "kernels/modules/layers.hpp"

namespace reprise::nn {

struct VggShape {
  std::int64_t channels = 3;
  std::int64_t classes = 1000;
  /// Output channels of the convolutions; 0 stands for maxima over 2 x 2. These are VGG-11's.
  std::vector<std::int64_t> layers = {64, 0, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0};
};

/// Convolutions of 3 x 3 with bias, batch norm and ReLU between maxima, then a global mean and a linear
/// layer: a VGG network (K. Simonyan, A. Zisserman, ICLR 2015) without its large linear layers, for images of
/// any size that survives the maxima. The convolutions' names are torchvision's ("features.0.weight"), whose
/// weights fit.
class Vgg : public Module {
 public:
  Vgg(const VggShape& shape, Philox& random);
  /// x [n, channels, h, w] to logits [n, classes]
  Variable operator()(const Variable& x) override;

 private:
  Module& features_;
  Linear* classifier_;
};

}  // namespace reprise::nn
