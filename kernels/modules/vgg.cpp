#include "kernels/modules/vgg.hpp"

#include <algorithm>

#include "kernels/expects.hpp"

namespace reprise::nn {
namespace {

/// Parts are numbered as torchvision's Sequential does, in which ReLU and maxima are parts, too.
class Features : public Module {
 public:
  Features(const VggShape& shape, Philox& random) {
    std::int64_t in = shape.channels;
    int number = 0;
    for (const auto out : shape.layers) {
      if (out == 0) {
        steps_.emplace_back();
        ++number;
        continue;
      }
      auto& convolution = part<Convolution>(std::to_string(number), in, out,
                                            Convolution::Options{3, {1, 1, 1}, true}, random);
      steps_.push_back({&convolution, &part<BatchNorm>(std::to_string(number + 1), out)});
      number += 3;
      in = out;
    }
  }

  Variable operator()(const Variable& x) override {
    auto y = x;
    for (const auto& [convolution, norm] : steps_)
      y = convolution == nullptr ? pooling(y, {Pooling::Kind::max, 2, 2, 2, 0})
                                 : norm->rectified((*convolution)(y));
    return y;
  }

 private:
  struct Step {
    Convolution* convolution = nullptr;  ///< none: maxima
    BatchNorm* norm = nullptr;
  };
  std::vector<Step> steps_;
};

}  // namespace

Vgg::Vgg(const VggShape& shape, Philox& random) : features_(part<Features>("features", shape, random)) {
  const auto last =
      std::find_if(shape.layers.rbegin(), shape.layers.rend(), [](auto out) { return out > 0; });
  expects(last != shape.layers.rend(), "a VGG network has convolutions");
  classifier_ = &part<Linear>("classifier", *last, shape.classes, random);
}

Variable Vgg::operator()(const Variable& x) {
  return (*classifier_)(global_average_pooling(features_(x)));
}

}  // namespace reprise::nn
