#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <span>

#include "workers/common/presentation.hpp"
#include "workers/deep_probability/synthetic_results.hpp"

namespace reprise::deep_probability {
namespace {

constexpr std::int32_t kLeastSeeds = 5;
constexpr double kErrors = 2;  ///< paired standard errors that a difference must exceed

/// The methods that the paper compares CaPE with, and all of its methods.
constexpr std::array kBaselines{"temperature",        "platt",   "dirichlet",
                                "mix_n_match",        "focal",   "confidence_penalty",
                                "kernel_calibration", "ensemble"};
constexpr std::array kMethods{"ce",
                              "temperature",
                              "platt",
                              "dirichlet",
                              "mix_n_match",
                              "focal",
                              "confidence_penalty",
                              "kernel_calibration",
                              "ensemble",
                              "cape_bin",
                              "cape_kernel"};

bool has_all(const SyntheticResults& results, std::span<const char* const> methods) {
  return std::ranges::all_of(methods, [&](const char* id) { return results.find(id) != nullptr; });
}

/// a - b over seeds in one scenario, where both are there at five seeds or more.
struct Comparison {
  Estimate difference{NAN, NAN};
  bool tested = false;

  [[nodiscard]] bool below() const {
    return tested && difference.value < -kErrors * difference.standard_error;
  }
  [[nodiscard]] bool above() const {
    return tested && difference.value > kErrors * difference.standard_error;
  }
};

Comparison compare(const SyntheticResults& results, const MethodScores* a, const MethodScores* b,
                   std::size_t scenario, Metric metric) {
  if (a == nullptr || b == nullptr) return {};
  const auto pairs = results.pairs(*a, *b, scenario);
  return {results.difference(*a, *b, scenario, metric), pairs >= static_cast<std::size_t>(kLeastSeeds)};
}

Finding settled(const char* claim, bool holds, std::string measured, const Estimate& value) {
  Finding finding{claim, std::move(measured), value.value, value.standard_error};
  finding.verdict = holds ? Verdict::reproduced : Verdict::not_reproduced;
  finding.rows =
      "tasks deep_probability.assessment: squared_error and divergence of each method, scenario and seed";
  return finding;
}

const char* const kTooFew = "needs at least 5 seeds, and the methods and scenarios of its criterion";

/// Comparisons that a claim asks for, and how they came out.
struct Tally {
  int tested = 0;
  int held = 0;
  int opposed = 0;  ///< the other way by more than 2 SE
  Estimate first{NAN, NAN};
  std::string measured;

  void add(const Comparison& one, bool holds, bool opposes, const std::string& text) {
    if (!one.tested) return;
    if (tested == 0) first = one.difference;
    ++tested;
    held += holds ? 1 : 0;
    opposed += opposes ? 1 : 0;
    measured += (measured.empty() ? "" : "; ") + text;
  }
};

/// A claim that does not hold is contradicted only by a difference that is the other way.
void remark_on_opposition(Finding& finding, const Tally& tally) {
  if (finding.verdict != Verdict::not_reproduced) return;
  if (!finding.remark.empty()) finding.remark += ". ";
  finding.remark += tally.opposed == 0
                        ? "Not contradicted: no difference is the other way by more than 2 SE."
                        : fmt::format("{} of {} differences are the other way by more than 2 SE.",
                                      tally.opposed, tally.tested);
}

Finding judge_memorisation(const SyntheticResults& results) {
  const auto* const best = results.find("ce");
  const auto* const last = results.find("ce_last");
  Tally tally;
  for (std::size_t s = 0; s < results.scenarios.size(); ++s) {
    const auto rise = compare(results, last, best, s, &Scores::squared_error);
    if (!rise.tested) continue;
    const double ratio = results.mean(*last, s, &Scores::squared_error).value /
                         results.mean(*best, s, &Scores::squared_error).value;
    tally.add(rise, ratio >= 2 && rise.above(), rise.below(),
              fmt::format("{}: {:.1f} times, {} above", title(results.scenarios[s]), ratio,
                          show(rise.difference, 2)));
  }
  if (tally.tested >= 3) {
    auto finding = settled("P1", tally.held >= 3, tally.measured, tally.first);
    remark_on_opposition(finding, tally);
    return finding;
  }
  auto finding = not_tested("P1", kTooFew);
  finding.measured = tally.measured;
  return finding;
}

Finding judge_bound(const SyntheticResults& results) {
  const auto* const bound = results.find("infinite_data");
  Tally tally;
  std::string broken;
  Estimate least{INFINITY, NAN};
  for (const auto& method : results.methods) {
    if (bound == nullptr || !method.competes()) continue;
    int within = 0;
    for (std::size_t s = 0; s < results.scenarios.size(); ++s)
      for (const auto metric : {&Scores::squared_error, &Scores::divergence}) {
        const auto excess = compare(results, &method, bound, s, metric);
        tally.add(excess, excess.above(), excess.below(), "");
        if (!excess.tested) continue;
        within += excess.above() ? 0 : 1;
        if (metric == &Scores::squared_error && excess.difference.value < least.value)
          least = excess.difference;
      }
    if (within > 0) broken += fmt::format("{}{} ({})", broken.empty() ? "" : ", ", method.label(), within);
  }
  if (tally.tested == 0 || !has_all(results, kMethods)) return not_tested("P2", kTooFew);
  auto finding = settled("P2", tally.held == tally.tested,
                         fmt::format("{} of {} differences above 2 SE; the least in MSE_p is {}", tally.held,
                                     tally.tested, show(least, 2)),
                         least);
  if (!broken.empty()) finding.remark = "Within 2 SE or below, in so many comparisons: " + broken;
  remark_on_opposition(finding, tally);
  return finding;
}

/// Whether CaPE comes closer in both distances to the truth. Asserted where it is expected; the other
/// scenarios are reported beside.
Finding judge_improvement(const SyntheticResults& results) {
  const auto* const best = results.find("ce");
  Tally tally;  // of CaPE-bin and CaPE-kde, in each scenario that counts
  std::string others;
  int scenarios = 0;
  int improved = 0;
  for (std::size_t s = 0; s < results.scenarios.size(); ++s) {
    const bool counts =
        results.scenarios[s] == Scenario::linear || results.scenarios[s] == Scenario::discrete;
    bool any = false;
    bool improves = false;
    for (const char* const id : {"cape_bin", "cape_kernel"}) {
      const auto error = compare(results, results.find(id), best, s, &Scores::squared_error);
      const auto divergence = compare(results, results.find(id), best, s, &Scores::divergence);
      if (!error.tested) continue;
      const bool both = error.below() && divergence.below();
      const auto text =
          fmt::format("{}, {}: {} in MSE_p, {} nat in KL_p", title(results.scenarios[s]),
                      results.find(id)->label(), show(error.difference, 2), show(divergence.difference, 2));
      if (counts) {
        tally.add(error, both, error.above() || divergence.above(), text);
      } else {
        others += (others.empty() ? "Not asserted: " : "; ") + text;
      }
      any = true;
      improves = improves || both;
    }
    scenarios += any && counts ? 1 : 0;
    improved += improves && counts ? 1 : 0;
  }
  Finding finding =
      scenarios < 2 ? not_tested("P3", kTooFew) : settled("P3", improved == 2, tally.measured, tally.first);
  if (scenarios < 2) finding.measured = tally.measured;
  if (!others.empty()) finding.remark += (finding.remark.empty() ? "" : ". ") + others;
  remark_on_opposition(finding, tally);
  return finding;
}

Finding judge_resistance(const SyntheticResults& results) {
  Tally tally;
  for (std::size_t s = 0; s < results.scenarios.size(); ++s) {
    const auto gap = compare(results, results.find("cape_bin_last"), results.matched_control(true), s,
                             &Scores::squared_error);
    tally.add(gap, gap.below(), gap.above(),
              fmt::format("{}: {}", title(results.scenarios[s]), show(gap.difference, 2)));
  }
  if (tally.tested == 0) return not_tested("P4", kTooFew);
  auto finding = settled("P4", tally.held == tally.tested, tally.measured, tally.first);
  remark_on_opposition(finding, tally);
  return finding;
}

Finding judge_metrics(const SyntheticResults& results) {
  constexpr std::size_t kLeastModels = 30;
  int tested = 0;
  int first_place = 0;
  std::map<Scenario, std::pair<double, double>> ranks;  // of Brier, best of the others
  for (const auto& one : metric_correlations(scored_models(results, false))) {
    if (one.models < kLeastModels || one.metric == "log-loss") continue;
    auto& [brier, other] = ranks[one.scenario];
    auto& place = one.metric == "Brier" ? brier : other;
    place = std::max(place, std::abs(one.spearman));
  }
  double least = 1;
  for (const auto& [scenario, pair] : ranks) {
    ++tested;
    first_place += pair.first > pair.second ? 1 : 0;
    least = std::min(least, pair.first);
  }
  if (tested < 5) return not_tested("P5", "needs the five scenarios, with 30 models or more in each");
  return settled("P5", first_place >= 4,
                 fmt::format("Brier first in {} of {} scenarios, rank correlation {:.2f} or more",
                             first_place, tested, least),
                 {least, NAN});
}

Finding judge_others(const SyntheticResults& results) {
  int wins = 0;
  int losses = 0;
  int ties = 0;
  for (const char* const id : kBaselines)
    for (std::size_t s = 0; s < results.scenarios.size(); ++s)
      for (const auto metric : {&Scores::squared_error, &Scores::divergence}) {
        const auto gap = compare(results, results.find("cape_bin"), results.find(id), s, metric);
        if (!gap.tested) continue;
        (gap.below() ? wins : gap.above() ? losses : ties) += 1;
      }
  if (wins + losses + ties == 0 || !has_all(results, kBaselines)) return not_tested("P6", kTooFew);
  return settled("P6", wins > losses + ties,
                 fmt::format("{} won, {} lost, {} within 2 SE", wins, losses, ties),
                 {static_cast<double>(wins), NAN});
}

}  // namespace

std::vector<Finding> judge(const SyntheticResults& results) {
  return {judge_memorisation(results), judge_bound(results),   judge_improvement(results),
          judge_resistance(results),   judge_metrics(results), judge_others(results)};
}

}  // namespace reprise::deep_probability
