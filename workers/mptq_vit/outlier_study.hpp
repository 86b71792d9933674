#pragma once

#include "pipeline/run/paper.hpp"
#include "workers/mptq_vit/study.hpp"

namespace reprise::mptq_vit {

/// F-range, F-hist and the worth of SQ-b: channels that stick out, as those of large ViTs do, are put into
/// the models.
struct Outliers {
  std::vector<ModelName> models{ModelName::smoke_p7};
  std::vector<Method> methods{Method::minmax, Method::sq, Method::sqb, Method::optm, Method::sqb_optm};
  std::int32_t bits = 4;
  std::int32_t seeds = 1;
  std::uint32_t calibration = 128;
  std::uint32_t test = 1000;
};

constexpr auto fields(const Outliers*) {
  using O = Outliers;
  return std::tuple{field("models", &O::models, "models that are trained here"),
                    field("methods", &O::methods, "how they are quantized"),
                    field("bits", &O::bits, "of weights and of activations", "bit"),
                    field("seeds", &O::seeds, "sets of calibration images; seeds 3, 4, ..."),
                    field("calibration", &O::calibration, "calibration images in a set"),
                    field("test", &O::test, "test images, the first ones; 0: all")};
}

void validate(const Outliers& job, const JobTable& table);

Experiment outliers_experiment();

}  // namespace reprise::mptq_vit
