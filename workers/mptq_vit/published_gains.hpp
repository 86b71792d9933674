#pragma once

#include <optional>
#include <vector>

#include "pipeline/report/published.hpp"
#include "workers/mptq_vit/methods.hpp"
#include "workers/mptq_vit/study.hpp"

namespace reprise::mptq_vit {

/// A range of gains over the best prior work that the paper's abstract gives: claim C5.
struct PublishedGains {
  const char* claim = nullptr;
  double least = 0;  ///< points
  double most = 0;
  Method strongest;  ///< must be among the baselines
  const char* rows = nullptr;
};

/// Uniform bits: W4/A4, scheme P.
inline constexpr PublishedGains kUniformGains{"C5", 0.90, 23.35, Method::repq, "table uniform_bits/accuracy"};
/// Mixed bits: a mean of 5, scheme F.
inline constexpr PublishedGains kMixedGains{"C5b", 3.82, 78.14, Method::fq_vit, "table mixed_bits/mixed"};

/// What was measured of one model.
struct ModelGain {
  ModelName model = ModelName::vit_small;
  Accuracy single_precision;
  std::vector<Accuracy> own;  ///< the paper's method, [seed]
  struct Baseline {
    Method method = Method::minmax;
    std::vector<Accuracy> accuracy;  ///< [seed]
  };
  std::vector<Baseline> baselines;
};

/// Methods of prior work that are run beside the paper's.
[[nodiscard]] bool is_prior_work(Method method);

/// a over b, whose images are the same: mean over calibration sets of paired gains, points. The error is of
/// the images and of the sets' spread. None where one is missing.
[[nodiscard]] std::optional<Estimate> mean_gain(const std::vector<Accuracy>& a,
                                                const std::vector<Accuracy>& b);

[[nodiscard]] Claim claim_of(const PublishedGains& published);
/// Of ImageNet's models only: stand-in models are left out.
[[nodiscard]] Finding judge(const PublishedGains& published, const std::vector<ModelGain>& gains);

}  // namespace reprise::mptq_vit
