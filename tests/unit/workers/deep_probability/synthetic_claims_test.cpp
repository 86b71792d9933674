#include <gtest/gtest.h>

#include "workers/deep_probability/synthetic_results.hpp"

namespace reprise::deep_probability {
namespace {

/// A method whose MSE_p and KL_p at each of five seeds are `level` and a little more or less.
MethodScores method(const std::string& id, double level, std::size_t scenarios = 1, double spread = 0.001) {
  MethodScores made{id, id, true, {}};
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
  EXPECT_NE(one.measured.find("2.5"), std::string::npos);
}

TEST(SyntheticClaims, FourSeedsAreTooFew) {
  auto all = of_three_scenarios({method("ce", 0.02, 3), method("ce_last", 0.05, 3)});
  all.methods[1].scores[0][3].reset();
  EXPECT_EQ(finding(all, "P1").verdict, Verdict::not_tested);
}

TEST(SyntheticClaims, ImprovementMustExceedTwoPairedErrors) {
  // Paired: what all methods share at a seed doesn't count.
  EXPECT_EQ(finding(results({method("ce", 0.02), method("cape_bin", 0.0199)}), "P3").verdict,
            Verdict::reproduced);
  auto noisy = results({method("ce", 0.02), method("cape_bin", 0.0195, 1, -0.001)});
  EXPECT_EQ(finding(noisy, "P3").verdict, Verdict::not_reproduced);
  EXPECT_EQ(finding(results({method("ce", 0.02), method("cape_bin", 0.021)}), "P3").verdict,
            Verdict::not_reproduced);
  // Either of the two kinds of CaPE will do.
  EXPECT_EQ(
      finding(results({method("ce", 0.02), method("cape_bin", 0.021), method("cape_kernel", 0.018)}), "P3")
          .verdict,
      Verdict::reproduced);
}

TEST(SyntheticClaims, TheBoundIsBelowEveryFiniteMethod) {
  auto bound = method("infinite_data", 0.01);
  bound.finite = false;
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

TEST(SyntheticClaims, MetricsNeedAllScenarios) {
  SyntheticResults all{
      {Scenario::linear, Scenario::sigmoid, Scenario::centered, Scenario::skewed, Scenario::discrete},
      5,
      {},
      {}};
  for (int k = 0; k < 7; ++k) all.methods.push_back(method("m" + std::to_string(k), 0.01 + 0.01 * k, 5));
  EXPECT_EQ(finding(all, "P5").verdict, Verdict::reproduced);
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
