#pragma once

#include "pipeline/run/paper.hpp"
#include "workers/mptq_vit/study.hpp"

namespace reprise::mptq_vit {

/// Beyond the paper: the same models by products of 8-bit integers, from packed weights.
struct Integers {
  std::vector<ModelName> models{ModelName::smoke_p7};
  Method method = Method::sqb_optm;
  Scheme scheme = Scheme::partial;
  std::vector<std::int32_t> bits{4};
  std::uint32_t calibration = 128;
  std::uint32_t test = 1000;
  double deit_crop = kDeitCrop;
};

constexpr auto fields(const Integers*) {
  using I = Integers;
  return std::tuple{field("models", &I::models, "models; those of Fashion-MNIST are trained first"),
                    field("method", &I::method, "how they are quantized"),
                    field("scheme", &I::scheme, "what is quantized"),
                    field("bits", &I::bits, "of weights and of activations", "bit"),
                    field("calibration", &I::calibration, "calibration images"),
                    field("test", &I::test, "test images, the first ones; 0: all"),
                    field("deit_crop", &I::deit_crop, kDeitCropMeaning)};
}

void validate(const Integers& job, const JobTable& table);

Experiment integers_experiment();

}  // namespace reprise::mptq_vit
