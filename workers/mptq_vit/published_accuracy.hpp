#pragma once

#include <optional>
#include <string>

#include "workers/mptq_vit/methods.hpp"
#include "workers/mptq_vit/model.hpp"

namespace reprise::mptq_vit {

/// ImageNet top-1 in percent, as printed in the repositories of the baselines [paper] or remembered [known];
/// MPTQ-ViT's own tables were not seen.
struct PublishedAccuracy {
  double percent = 0;
  std::string mark;  ///< "[paper: RepQ-ViT's repository]"
};

/// Of a model in single precision.
[[nodiscard]] std::optional<double> published_single_precision(ModelName model);
/// Of weights and activations at uniform bits, scheme P; none where it was not seen.
[[nodiscard]] std::optional<PublishedAccuracy> published_uniform(ModelName model, Method method, int bits);

}  // namespace reprise::mptq_vit
