#pragma once

#include <optional>
#include <string>

#include "workers/mptq_vit/methods.hpp"
#include "workers/mptq_vit/study.hpp"

namespace reprise::mptq_vit {

/// ImageNet top-1 in percent, as printed in the repositories of the baselines [paper] or remembered [known];
/// MPTQ-ViT's own tables were not seen.
struct PublishedAccuracy {
  double percent = 0;
  std::string mark;  ///< "[paper: RepQ-ViT's repository]"
};

/// Of a model in single precision.
[[nodiscard]] std::optional<double> published_single_precision(ModelName model);
/// Of weights and activations at uniform bits; none where it was not seen.
[[nodiscard]] std::optional<PublishedAccuracy> published_uniform(ModelName model, Method method,
                                                                 Scheme scheme, int bits);

/// Why nothing of this model can be held against what was published: in single precision and over all 50,000
/// validation images it is off by more than 0.3 points (another checkpoint, another crop). "" where that is
/// not so, or not known.
[[nodiscard]] std::string single_precision_problem(ModelName model, const Accuracy& accuracy);
/// How a model in single precision is beside what was published, for a report's notes: that problem, or how
/// it is on fewer images; "" where nothing is to be said.
[[nodiscard]] std::string single_precision_note(ModelName model, const Accuracy& accuracy);

/// "agrees (+0.12)" or "differs (-3.40)": a model in single precision must be within 0.1 points (DeiT 0.2,
/// for its crop), and on fewer images than all within 2 SE; a quantized one within the larger of 0.5 points
/// and 2 sqrt(SE^2 + sigma^2), SE of the test images and sigma the deviation between calibration sets. "-"
/// where one is missing.
[[nodiscard]] std::string single_precision_verdict(ModelName model, const Accuracy& accuracy);
[[nodiscard]] std::string quantized_verdict(double published, const std::vector<Accuracy>& seeds);

}  // namespace reprise::mptq_vit
