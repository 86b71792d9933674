#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "workers/common/presentation.hpp"
#include "workers/mptq_vit/mixed_bits.hpp"
#include "workers/mptq_vit/published_gains.hpp"

namespace reprise::mptq_vit {
namespace {

/// The points by which searched bits must beat uniform ones, at a mean of 4.
double least_gain(ModelName model) {
  switch (model) {
    case ModelName::smoke_p7:
      return 10;
    case ModelName::tiny_p7:
      return 5;
    case ModelName::tiny_p4:
      return 15;
    default:
      return 0;
  }
}

Finding judge_published(const MixedResults& results, const BitsMethod* greedy) {
  const auto mean = std::ranges::find(results.means, 5.0);
  if (results.scheme != Scheme::full || mean == results.means.end() || greedy == nullptr)
    return not_tested(kMixedGains.claim, "Greedy MP (oneshot) was not run at a mean of 5 in scheme F");
  const auto b = static_cast<std::size_t>(mean - results.means.begin());
  std::vector<ModelGain> gains;
  for (std::size_t m = 0; m < results.models.size(); ++m) {
    const auto accuracies = [&](const BitsMethod& method) {
      std::vector<Accuracy> all;
      for (const auto& one : method.outcomes[m][b]) all.push_back(one.accuracy);
      return all;
    };
    ModelGain gain{results.models[m], results.single_precision[m], accuracies(*greedy), {}};
    for (const auto& [id, method] : enumerators_of<Method>())
      if (const auto* const found = results.find(std::string(id));
          found != nullptr && found->kind == BitsMethod::Kind::baseline && is_prior_work(method))
        gain.baselines.push_back({method, accuracies(*found)});
    gains.push_back(std::move(gain));
  }
  return judge(kMixedGains, gains);
}

/// All gains of searched bits over one other method at one mean.
struct Comparison {
  std::string shown;
  std::size_t compared = 0;
  std::size_t met = 0;
  Estimate least{INFINITY, NAN};
  std::string problem;

  void add(const std::optional<Estimate>& gain, double points) {
    if (!gain) {
      problem = "an evaluation failed";
      return;
    }
    ++compared;
    if (gain->value > kErrors * gain->standard_error && gain->value >= points) ++met;
    if (gain->value < least.value) least = *gain;
    shown += fmt::format("{}{:+.2f}", shown.empty() ? "" : ", ", gain->value);
  }

  [[nodiscard]] Finding finding(const char* claim) const {
    if (!problem.empty()) return not_tested(claim, problem);
    Finding made{
        claim, fmt::format("{} points; the least {:.2f} +- {:.2f}", shown, least.value, least.standard_error),
        least.value, least.standard_error};
    made.verdict = met == compared ? Verdict::reproduced : Verdict::not_reproduced;
    made.remark = fmt::format("{} of {} gains meet the criterion", met, compared);
    made.rows = "table mixed_bits/mixed_gains";
    return made;
  }
};

}  // namespace

std::vector<Claim> mixed_claims() {
  const std::string scale =
      "1,000 test images and 3 calibration sets or more; stand-in models, not the paper's, where they are of "
      "Fashion-MNIST";
  return {
      {"C4", "Bits given greedily beat uniform bits of the same mean",
       "3.82 to 78.14 points over the best prior work at 5 bits",
       "abstract [paper]; the comparison with uniform bits is ours",
       "scheme F, mean 4: the accuracy of Greedy MP (oneshot) is above that of uniform bits by more than 2 "
       "paired SE, and on the stand-in models by 10 (200 steps), 5 (7 px) and 15 points (4 px), for every "
       "calibration set",
       scale},
      {"C4b", "They beat random bits of the same mean, too", "?", "derived",
       "scheme F, mean 4: the accuracy of Greedy MP (oneshot) is above that of each of 3 random allocations "
       "by more than 2 paired SE, for every model and calibration set",
       scale},
      {"C4c", "Bits given greedily beat uniform bits at a mean of 5",
       "3.82 to 78.14 points over the best prior work",
       "abstract [paper]; the comparison with uniform bits is ours",
       "scheme F, mean 5: the accuracy of Greedy MP (oneshot) is above that of uniform bits by more than 2 "
       "paired SE, for every model and calibration set",
       scale},
      claim_of(kMixedGains),
  };
}

std::vector<Finding> judge(const MixedResults& results) {
  const auto* const greedy = results.find("oneshot");
  const auto* const uniform = results.find("uniform");
  const auto why = [&](double mean) -> std::string {
    if (results.scheme != Scheme::full) return "not run in scheme F";
    if (greedy == nullptr) return "Greedy MP (oneshot) was not run";
    if (std::ranges::find(results.means, mean) == results.means.end())
      return fmt::format("not run at a mean of {}", mean);
    if (static_cast<std::size_t>(results.seeds) < kLeastSeeds)
      return fmt::format("wants {} calibration sets, here are {}", kLeastSeeds, results.seeds);
    if (std::ranges::any_of(results.single_precision, [](const auto& one) { return one.hit.size() < 1000; }))
      return "wants 1,000 test images";
    return "";
  };
  const auto compare = [&](double mean, const BitsMethod& other, bool margins, Comparison& comparison) {
    const auto b = static_cast<std::size_t>(std::ranges::find(results.means, mean) - results.means.begin());
    for (std::size_t m = 0; m < results.models.size(); ++m)
      for (std::size_t s = 0; s < static_cast<std::size_t>(results.seeds); ++s)
        comparison.add(paired_gain(greedy->outcomes[m][b][s].accuracy, other.outcomes[m][b][s].accuracy),
                       margins ? least_gain(results.models[m]) : 0);
  };
  std::vector<Finding> findings;
  for (const auto& [claim, mean] : {std::pair{"C4", 4.0}, std::pair{"C4c", 5.0}}) {
    Comparison comparison;
    if (const auto reason = why(mean); !reason.empty()) {
      findings.push_back(not_tested(claim, reason));
      continue;
    }
    compare(mean, *uniform, mean == 4.0, comparison);
    findings.push_back(comparison.finding(claim));
  }
  Comparison against_random;
  std::size_t draws = 0;
  auto reason = why(4);
  for (const auto& method : results.methods) {
    if (method.kind != BitsMethod::Kind::random || !reason.empty()) continue;
    compare(4, method, false, against_random);
    ++draws;
  }
  if (reason.empty() && draws < 3) reason = "wants 3 random allocations";
  findings.push_back(reason.empty() ? against_random.finding("C4b") : not_tested("C4b", reason));
  findings.push_back(judge_published(results, greedy));
  return findings;
}

}  // namespace reprise::mptq_vit
