#include <gtest/gtest.h>

#include <array>

#include "workers/deep_probability/synthetic_results.hpp"

namespace reprise::deep_probability {
namespace {

/// A method whose MSE_p and KL_p at each of five seeds are `level` and a little more or less.
MethodScores method(const std::string& id, double level, std::size_t scenarios = 1, double spread = 0.001) {
  MethodScores made{id, {}};
  for (std::size_t s = 0; s < scenarios; ++s) {
    made.scores.emplace_back();
    for (int seed = 0; seed < 5; ++seed) {
      Scores scores;
      scores.squared_error = level + spread * (seed - 2);
      scores.divergence = 3 * scores.squared_error;
      scores.brier = 0.1 + scores.squared_error;
      scores.calibration_error = seed % 2 == 0 ? 0.02 : 0.03;
      made.scores.back().emplace_back(scores);
    }
  }
  return made;
}

SyntheticResults results(std::vector<MethodScores> methods) {
  return {{Scenario::linear}, 5, std::move(methods), {}};
}

Finding finding(const SyntheticResults& all, const std::string& claim) {
  for (auto& one : judge(all))
    if (one.claim == claim) return one;
  throw std::invalid_argument(claim);
}

TEST(SyntheticClaims, EveryClaimIsSettledOnce) {
  const auto findings = judge(results({method("ce", 0.02)}));
  const auto claims = synthetic_claims();
  ASSERT_EQ(findings.size(), claims.size());
  for (std::size_t i = 0; i < claims.size(); ++i) {
    EXPECT_EQ(findings[i].claim, claims[i].id);
    EXPECT_EQ(findings[i].verdict, Verdict::not_tested) << claims[i].id;
    EXPECT_FALSE(findings[i].remark.empty()) << claims[i].id;
  }
}

SyntheticResults of_three_scenarios(std::vector<MethodScores> methods) {
  return {{Scenario::linear, Scenario::centered, Scenario::skewed}, 5, std::move(methods), {}};
}

constexpr std::array kModels{"ce", "temperature", "platt", "focal", "ensemble", "cape_bin", "control"};

/// The paper's methods, all at one level.
std::vector<MethodScores> all_methods(double level, double cape) {
  std::vector<MethodScores> all;
  for (const char* const id : {"ce", "temperature", "platt", "dirichlet", "mix_n_match", "focal",
                               "confidence_penalty", "kernel_calibration", "ensemble"})
    all.push_back(method(id, level));
  for (const char* const id : {"cape_bin", "cape_kernel"}) all.push_back(method(id, cape));
  return all;
}

TEST(SyntheticClaims, MemorisationDoublesTheErrorInThreeScenarios) {
  const auto judged = [](double last) {
    return finding(of_three_scenarios({method("ce", 0.02, 3), method("ce_last", last, 3)}), "P1").verdict;
  };
  EXPECT_EQ(judged(0.05), Verdict::reproduced);
  EXPECT_EQ(judged(0.03), Verdict::not_reproduced);
  const auto one = finding(results({method("ce", 0.02), method("ce_last", 0.05)}), "P1");
  EXPECT_EQ(one.verdict, Verdict::not_tested) << "one scenario is less than the criterion";
  EXPECT_NE(one.measured.find("2.5 times"), std::string::npos) << one.measured;
}

TEST(SyntheticClaims, FourSeedsAreTooFew) {
  auto all = of_three_scenarios({method("ce", 0.02, 3), method("ce_last", 0.05, 3)});
  all.methods[1].scores[0][3].reset();
  EXPECT_EQ(finding(all, "P1").verdict, Verdict::not_tested);
}

SyntheticResults of_linear_and_discrete(std::vector<MethodScores> methods) {
  return {{Scenario::linear, Scenario::discrete}, 5, std::move(methods), {}};
}

TEST(SyntheticClaims, ImprovementMustExceedTwoPairedErrors) {
  const auto judged = [](const MethodScores& cape) {
    return finding(of_linear_and_discrete({method("ce", 0.02, 2), cape}), "P3");
  };
  // Paired: what all methods share at a seed doesn't count.
  EXPECT_EQ(judged(method("cape_bin", 0.0199, 2)).verdict, Verdict::reproduced);
  const auto noisy = judged(method("cape_bin", 0.0195, 2, -0.001));
  EXPECT_EQ(noisy.verdict, Verdict::not_reproduced);
  EXPECT_NE(noisy.remark.find("Not contradicted"), std::string::npos) << noisy.remark;
  const auto worse = judged(method("cape_bin", 0.021, 2));
  EXPECT_EQ(worse.verdict, Verdict::not_reproduced);
  EXPECT_NE(worse.remark.find("2 of 2 differences are the other way"), std::string::npos) << worse.remark;
}

TEST(SyntheticClaims, EitherKindOfCapeImprovesInBothScenarios) {
  const auto methods = [](std::size_t scenarios) {
    return std::vector{method("ce", 0.02, scenarios), method("cape_bin", 0.021, scenarios),
                       method("cape_kernel", 0.018, scenarios)};
  };
  EXPECT_EQ(finding(of_linear_and_discrete(methods(2)), "P3").verdict, Verdict::reproduced);
  const auto one = finding(results(methods(1)), "P3");
  EXPECT_EQ(one.verdict, Verdict::not_tested) << "Linear alone is less than the criterion";
  EXPECT_NE(one.measured.find("Linear, CaPE-kde: -0.002"), std::string::npos) << one.measured;
  // Scenarios of little signal are reported, not asserted.
  auto all = methods(3);
  all[1] = method("cape_bin", 0.021, 3);
  all[2].scores[2] = method("cape_kernel", 0.03).scores[0];
  const SyntheticResults with_skewed{
      {Scenario::linear, Scenario::discrete, Scenario::skewed}, 5, std::move(all), {}};
  const auto found = finding(with_skewed, "P3");
  EXPECT_EQ(found.verdict, Verdict::reproduced);
  EXPECT_NE(found.remark.find("Not asserted: Skewed, CaPE-bin"), std::string::npos) << found.remark;
}

TEST(SyntheticClaims, TheBoundIsBelowEveryFiniteMethod) {
  auto bound = method("infinite_data", 0.01);
  auto all = all_methods(0.02, 0.02);
  all.push_back(bound);
  EXPECT_EQ(finding(results(all), "P2").verdict, Verdict::reproduced);
  auto broken = all;
  broken[8] = method("ensemble", 0.009);
  const auto found = finding(results(broken), "P2");
  EXPECT_EQ(found.verdict, Verdict::not_reproduced);
  EXPECT_NE(found.remark.find("ensemble"), std::string::npos);
  EXPECT_EQ(finding(results({method("ce", 0.02), bound}), "P2").verdict, Verdict::not_tested)
      << "methods are missing";
}

TEST(SyntheticClaims, ResistanceComparesLastEpochs) {
  EXPECT_EQ(finding(results({method("cape_bin_last", 0.03), method("control_last", 0.05)}), "P4").verdict,
            Verdict::reproduced);
  EXPECT_EQ(finding(results({method("cape_bin_last", 0.06), method("control_last", 0.05)}), "P4").verdict,
            Verdict::not_reproduced);
}

TEST(SyntheticClaims, ResistanceComparesAtOneRate) {
  // The control chose another rate for itself; the one at CaPE's own rate counts.
  const auto judged = [](double matched) {
    return finding(results({method("cape_bin_last", 0.03), method("control_last", 0.01),
                            method("control_matched_last", matched)}),
                   "P4")
        .verdict;
  };
  EXPECT_EQ(judged(0.05), Verdict::reproduced);
  EXPECT_EQ(judged(0.02), Verdict::not_reproduced);
}

TEST(SyntheticClaims, ReferencesAreNoMethods) {
  auto all = all_methods(0.02, 0.02);
  all.push_back(method("infinite_data", 0.01));
  all.push_back(method("base_rate", 0.005));
  EXPECT_EQ(finding(results(all), "P2").verdict, Verdict::reproduced);
}

TEST(SyntheticClaims, MetricsNeedAllScenarios) {
  SyntheticResults all{
      {Scenario::linear, Scenario::sigmoid, Scenario::centered, Scenario::skewed, Scenario::discrete},
      5,
      {},
      {}};
  for (int k = 0; k < 7; ++k)
    all.methods.push_back(method(kModels[static_cast<std::size_t>(k)], 0.01 + 0.01 * k, 5));
  EXPECT_EQ(finding(all, "P5").verdict, Verdict::reproduced);
  // At their last epochs, networks don't count.
  auto fewer = all;
  for (std::size_t k = 0; k < 4; ++k) fewer.methods[k].id = "cape_bin_last";
  EXPECT_EQ(finding(fewer, "P5").verdict, Verdict::not_tested);
  all.scenarios.pop_back();
  for (auto& one : all.methods) one.scores.pop_back();
  EXPECT_EQ(finding(all, "P5").verdict, Verdict::not_tested);
}

TEST(SyntheticClaims, WinsMustBeMoreThanHalfOfAllComparisons) {
  EXPECT_EQ(finding(results(all_methods(0.02, 0.01)), "P6").verdict, Verdict::reproduced);
  EXPECT_EQ(finding(results(all_methods(0.01, 0.02)), "P6").verdict, Verdict::not_reproduced);
  EXPECT_EQ(finding(results({method("cape_bin", 0.01), method("temperature", 0.02)}), "P6").verdict,
            Verdict::not_tested)
      << "baselines are missing";
}

}  // namespace
}  // namespace reprise::deep_probability
