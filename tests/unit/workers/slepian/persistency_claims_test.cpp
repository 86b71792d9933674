#include "workers/slepian/persistency_claims.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace reprise::slepian {
namespace {

StudiedModel studied(const Model& model, double root, const Estimate& measured) {
  StudiedModel made;
  made.model = model;
  made.theory.exponent = root;
  made.slopes.exponent = measured;
  made.simulated_far = measured;
  made.exact = exact_exponent(model);
  return made;
}

TEST(EarlierExponents, MustAgreeToTheirLastDigit) {
  const std::vector<std::pair<Model, double>> published{{diffusion(2), .1862}};
  EXPECT_EQ(judge_earlier_exponents("C", {studied(diffusion(2), .18621, {})}, published).verdict,
            Verdict::reproduced);
  EXPECT_EQ(judge_earlier_exponents("C", {studied(diffusion(2), .18626, {})}, published).verdict,
            Verdict::not_reproduced);
  const Finding open = judge_earlier_exponents("C", {studied(diffusion(1), .12, {})}, published);
  EXPECT_EQ(open.verdict, Verdict::not_tested);
  EXPECT_NE(open.remark.find("diffusion, d = 2"), std::string::npos);
}

TEST(ExactExponent, IsOpenWhileErrorsAreLarge) {
  const auto judged = [](double value, double error) {
    return judge_exact_exponent("C", {studied(diffusion(2), .186, {value, error})}, diffusion(2), 3e-4)
        .verdict;
  };
  EXPECT_EQ(judged(.1876, 1e-4), Verdict::reproduced);
  EXPECT_EQ(judged(.1879, 1.5e-4), Verdict::reproduced);  // within 3 SE
  EXPECT_EQ(judged(.1885, 1e-4), Verdict::not_reproduced);
  EXPECT_EQ(judged(.1875, 4e-4), Verdict::not_tested);
  EXPECT_EQ(judged(std::numeric_limits<double>::quiet_NaN(), 1e-4), Verdict::not_tested);
}

TEST(Agreement, IsWithinThreeCombinedErrors) {
  auto model = studied(matern(1.25), .66, {.60, .003});
  model.simulated_far = {.61, .004};
  EXPECT_EQ(judge_agreement("C", {model}, {matern(1.25)}).verdict, Verdict::reproduced);
  model.simulated_far = {.62, .004};
  EXPECT_EQ(judge_agreement("C", {model}, {matern(1.25)}).verdict, Verdict::not_reproduced);
  EXPECT_EQ(judge_agreement("C", {model}, {matern(1.25), matern(3.5)}).verdict, Verdict::not_tested);
}

TEST(Side, NeedsThreeStandardErrors) {
  const auto judged = [](double measured, Side side) {
    return judge_side("C", {studied(gaussian(), .4115, {measured, .001})}, {gaussian()}, side).verdict;
  };
  EXPECT_EQ(judged(.4199, Side::below), Verdict::reproduced);
  EXPECT_EQ(judged(.4199, Side::above), Verdict::not_reproduced);
  EXPECT_EQ(judged(.4130, Side::below), Verdict::not_tested);
  EXPECT_EQ(judged(.4030, Side::above), Verdict::reproduced);
}

TEST(Divisors, AreForAllCovariances) {
  auto good = studied(diffusion(2), .18, {}), bad = studied(sinc(), NAN, {});
  bad.theory.verdict = ValidityVerdict::improper;
  EXPECT_EQ(judge_divisors("C", {good}).verdict, Verdict::reproduced);
  EXPECT_EQ(judge_divisors("C", {good, bad}).verdict, Verdict::not_reproduced);
}

TEST(Distance, IsToTheExactLaw) {
  auto model = studied(diffusion(2), .18, {});
  model.theory.mean_interval = 1.0;
  model.theory.step = 0.05;
  model.theory.survival = {1.0, 0.9, 0.7};
  model.survival = {{1.0, 0.0}, {0.9, 0.01}, {0.7, 0.01}};
  EXPECT_EQ(judge_distance("C", {model}, diffusion(2), .003, 1e-4).verdict, Verdict::not_tested);
  model.reference = Reference{{1.0, 0.903, 0.701}, {}};
  EXPECT_EQ(judge_distance("C", {model}, diffusion(2), .003, 1e-4).verdict, Verdict::reproduced);
  EXPECT_EQ(judge_distance("C", {model}, diffusion(2), .002, 1e-4).verdict, Verdict::not_reproduced);
  EXPECT_EQ(judge_distance("C", {model}, diffusion(2), NAN, .01).verdict, Verdict::reproduced);
}

}  // namespace
}  // namespace reprise::slepian
