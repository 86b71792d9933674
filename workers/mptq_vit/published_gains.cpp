#include "workers/mptq_vit/published_gains.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "workers/mptq_vit/published_accuracy.hpp"

namespace reprise::mptq_vit {
namespace {

bool is_uniform(const PublishedGains& published) {
  return published.claim == kUniformGains.claim;
}

/// Why a model's gain says nothing, or "".
std::string problem_of(const PublishedGains& published, const ModelGain& gain) {
  const auto title = title_of(gain.model);
  if (const auto problem = single_precision_problem(gain.model, gain.single_precision); !problem.empty())
    return problem;
  if (gain.single_precision.hit.size() < kValidationImages)
    return fmt::format("{}: wants {} validation images, here are {}", title, kValidationImages,
                       gain.single_precision.hit.size());
  if (gain.own.size() < kLeastSeeds)
    return fmt::format("{}: wants {} calibration sets, here are {}", title, kLeastSeeds, gain.own.size());
  if (std::ranges::find(gain.baselines, published.strongest, &ModelGain::Baseline::method) ==
      gain.baselines.end())
    return fmt::format("{} was not run as a baseline", title_of(published.strongest));
  const auto failed = [](const Accuracy& accuracy) { return accuracy.hit.empty(); };
  if (std::ranges::any_of(gain.own, failed)) return title + ": an evaluation failed";
  for (const auto& baseline : gain.baselines)
    if (baseline.accuracy.size() != gain.own.size() || std::ranges::any_of(baseline.accuracy, failed))
      return fmt::format("{}: an evaluation of {} failed", title, title_of(baseline.method));
  return {};
}

const ModelGain::Baseline& best_of(const std::vector<ModelGain::Baseline>& baselines) {
  return *std::ranges::max_element(baselines, {}, [](const ModelGain::Baseline& one) {
    const auto mean = mean_accuracy(one.accuracy);
    return mean ? mean->value : -1;
  });
}

}  // namespace

bool is_prior_work(Method method) {
  switch (method) {
    case Method::minmax:
    case Method::sq:
    case Method::tsptq:
    case Method::repq:
    case Method::fq_vit:
    case Method::fq_vit_ptf:
    case Method::fq_vit_attention4:
    case Method::observed_minmax:
    case Method::observed_ema:
    case Method::observed_percentile:
    case Method::observed_omse:
    case Method::base_ptq:
    case Method::ptq4vit:
    case Method::ptq4vit_literal:
      return true;
    default:
      return false;
  }
}

std::optional<Estimate> mean_gain(const std::vector<Accuracy>& a, const std::vector<Accuracy>& b) {
  RunningMoments gains;
  double squares = 0;
  for (std::size_t seed = 0; seed < std::min(a.size(), b.size()); ++seed) {
    const auto gain = paired_gain(a[seed], b[seed]);
    if (!gain) return std::nullopt;
    gains.add(gain->value);
    squares += gain->standard_error * gain->standard_error;
  }
  if (gains.count() == 0) return std::nullopt;
  const double of_images = std::sqrt(squares / static_cast<double>(gains.count()));
  return Estimate{gains.mean(), std::hypot(of_images, gains.standard_error())};
}

Claim claim_of(const PublishedGains& published) {
  const bool uniform = is_uniform(published);
  return {
      published.claim,
      uniform ? "The gain over the best prior work at 4 bits is as large as published"
              : "The gain over the best prior work at a mean of 5 bits is as large as published",
      fmt::format("{:.2f} to {:.2f} points", published.least, published.most),
      "abstract [paper]; the criterion is ours",
      fmt::format("the accuracy of {}, mean over calibration sets, is above that of the best of the "
                  "baselines that were run by {:.2f} to {:.2f} points, give or take 2 SE, for every model "
                  "of ImageNet",
                  uniform ? "MPTQ-ViT at W4/A4, scheme P" : "Greedy MP (oneshot) at a mean of 5, scheme F",
                  published.least, published.most),
      fmt::format("ImageNet's models and all its {} validation images; 3 calibration sets or more; {} among "
                  "the baselines; single precision within 0.3 points of what was published",
                  kValidationImages, title_of(published.strongest))};
}

Finding judge(const PublishedGains& published, const std::vector<ModelGain>& gains) {
  Finding finding{published.claim};
  finding.rows = published.rows;
  std::size_t compared = 0;
  std::size_t within = 0;
  Estimate least{INFINITY, NAN};
  for (const auto& gain : gains) {
    if (is_trained_here(gain.model)) continue;
    finding.remark = problem_of(published, gain);
    if (!finding.remark.empty()) return finding;
    const auto& best = best_of(gain.baselines);
    const auto found = mean_gain(gain.own, best.accuracy).value();
    ++compared;
    const double slack = kErrors * found.standard_error;
    if (found.value + slack >= published.least && found.value - slack <= published.most) ++within;
    if (found.value < least.value) least = found;
    finding.measured +=
        fmt::format("{}{} {:+.2f} +- {:.2f} over {}", finding.measured.empty() ? "" : ", ",
                    title_of(gain.model), found.value, found.standard_error, title_of(best.method));
  }
  if (compared == 0) {
    finding.remark = "no model of ImageNet was run: stand-in models say nothing about published gains";
    return finding;
  }
  finding.measured += " points";
  finding.value = least.value;
  finding.standard_error = least.standard_error;
  finding.verdict = within == compared ? Verdict::reproduced : Verdict::not_reproduced;
  finding.remark =
      fmt::format("{} of {} models meet the criterion; the value is the least gain", within, compared);
  return finding;
}

}  // namespace reprise::mptq_vit
