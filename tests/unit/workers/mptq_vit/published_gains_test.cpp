#include "workers/mptq_vit/published_gains.hpp"

#include <gmock/gmock.h>

#include "workers/mptq_vit/published_accuracy.hpp"

namespace reprise::mptq_vit {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

/// The first so many percent of the images are right.
Accuracy accuracy(double percent, std::size_t images = kValidationImages) {
  Accuracy made;
  made.hit.resize(images);
  std::fill_n(made.hit.begin(), std::lround(percent / 100 * static_cast<double>(images)), std::uint8_t{1});
  return made;
}
std::vector<Accuracy> seeds(double percent) {
  return {accuracy(percent - 0.1), accuracy(percent), accuracy(percent + 0.1)};
}

/// DeiT-T as published, MPTQ-ViT so many points above RepQ-ViT, which is the best baseline.
ModelGain gain(double points) {
  return {ModelName::deit_tiny,
          accuracy(72.21),
          seeds(57.43 + points),
          {{Method::minmax, seeds(20)}, {Method::repq, seeds(57.43)}, {Method::fq_vit, seeds(0.2)}}};
}

TEST(PublishedGains, AreReproducedWhereTheGainOverTheBestBaselineIsInTheRange) {
  const auto finding = judge(kUniformGains, {gain(3), gain(20)});
  EXPECT_EQ(finding.verdict, Verdict::reproduced);
  EXPECT_EQ(finding.claim, "C5");
  EXPECT_THAT(finding.measured, StartsWith("DeiT-T +3.00 +- "));
  EXPECT_THAT(finding.measured, HasSubstr("over RepQ-ViT"));
  EXPECT_NEAR(finding.value, 3, 0.01);
}

TEST(PublishedGains, AreNotReproducedOutsideOfTheRange) {
  EXPECT_EQ(judge(kUniformGains, {gain(-5)}).verdict, Verdict::not_reproduced);
  EXPECT_EQ(judge(kUniformGains, {gain(0.3)}).verdict, Verdict::not_reproduced);
  EXPECT_EQ(judge(kUniformGains, {gain(3), gain(30)}).verdict, Verdict::not_reproduced);
  EXPECT_EQ(judge(kMixedGains, {gain(30)}).verdict, Verdict::reproduced);
  EXPECT_EQ(judge(kMixedGains, {gain(2)}).verdict, Verdict::not_reproduced);
}

TEST(PublishedGains, AreNotTestedOnLess) {
  const auto remark = [](const ModelGain& one) {
    const auto finding = judge(kUniformGains, {one});
    EXPECT_EQ(finding.verdict, Verdict::not_tested);
    return finding.remark;
  };
  auto one = gain(3);
  one.model = ModelName::tiny_p7;
  EXPECT_THAT(remark(one), HasSubstr("stand-in models say nothing"));
  one = gain(3);
  one.single_precision = accuracy(72.21, 49999);
  EXPECT_THAT(remark(one), HasSubstr("wants 50000 validation images, here are 49999"));
  one = gain(3);
  one.own.pop_back();
  EXPECT_THAT(remark(one), HasSubstr("wants 3 calibration sets, here are 2"));
  one = gain(3);
  one.baselines.erase(one.baselines.begin() + 1);
  EXPECT_THAT(remark(one), HasSubstr("RepQ-ViT was not run"));
  one = gain(3);
  one.own[1] = {};
  EXPECT_THAT(remark(one), HasSubstr("an evaluation failed"));
  one = gain(3);
  one.baselines[0].accuracy[2] = {};
  EXPECT_THAT(remark(one), HasSubstr("an evaluation of MinMax failed"));
}

TEST(PublishedGains, AreNotTestedWithAnotherCheckpointThanThePublishedOne) {
  auto one = gain(3);
  one.single_precision = accuracy(71.8);
  const auto finding = judge(kUniformGains, {gain(3), one});
  EXPECT_EQ(finding.verdict, Verdict::not_tested);
  EXPECT_THAT(finding.remark,
              AllOf(StartsWith("DeiT-T in single precision has 71.80 %"), HasSubstr("72.21 %")));
}

TEST(PublishedGains, HaveTheErrorOfPairs) {
  // The sets' gains are 3 each; 3 % of images differ, in one direction.
  const auto found = mean_gain(seeds(60), seeds(57));
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->value, 3, 1e-9);
  EXPECT_NEAR(found->standard_error, 100 * std::sqrt(0.03 * 0.97 / 50000), 1e-4);
  EXPECT_FALSE(mean_gain(seeds(60), {accuracy(1), {}, accuracy(1)}));
  EXPECT_FALSE(mean_gain({}, seeds(57)));
}

TEST(SinglePrecision, IsHeldAgainstWhatWasPublished) {
  const auto model = ModelName::vit_base;  // 84.54
  EXPECT_EQ(single_precision_problem(model, accuracy(84.3)), "");
  EXPECT_EQ(single_precision_note(model, accuracy(84.3)), "");
  EXPECT_THAT(single_precision_note(model, accuracy(85.11)),
              AllOf(StartsWith("WARNING: ViT-B in single precision has 85.11 %"), HasSubstr("84.54 %")));
  EXPECT_EQ(single_precision_problem(model, accuracy(50, 1000)), "");  // too few to say
  EXPECT_THAT(single_precision_note(model, accuracy(50, 1000)),
              HasSubstr("50.00 % on 1000 validation images"));
  EXPECT_EQ(single_precision_problem(ModelName::tiny_p4, accuracy(50)), "");
  EXPECT_EQ(single_precision_note(model, {}), "");
}

TEST(SinglePrecision, AgreesWithinATenthOfAPoint) {
  EXPECT_EQ(single_precision_verdict(ModelName::vit_base, accuracy(84.46)), "agrees (-0.08)");
  EXPECT_EQ(single_precision_verdict(ModelName::vit_base, accuracy(84.68)), "differs (+0.14)");
  EXPECT_EQ(single_precision_verdict(ModelName::deit_tiny, accuracy(72.35)), "agrees (+0.14)");
  // 1000 images: 2 SE are 2.2 points.
  EXPECT_EQ(single_precision_verdict(ModelName::vit_base, accuracy(86.5, 1000)), "agrees (+1.96)");
  EXPECT_EQ(single_precision_verdict(ModelName::vit_base, {}), "-");
}

TEST(QuantizedAccuracy, AgreesWithinErrorsOrHalfAPoint) {
  // SE 0.22, sigma 0.1: 2 hypot = 0.48, so half a point.
  EXPECT_EQ(quantized_verdict(57.9, seeds(57.43)), "agrees (-0.47)");
  EXPECT_EQ(quantized_verdict(57.9, seeds(57.38)), "differs (-0.52)");
  // sigma 1 between sets: two of them.
  EXPECT_EQ(quantized_verdict(57.9, {accuracy(55.1), accuracy(56.1), accuracy(57.1)}), "agrees (-1.80)");
  EXPECT_EQ(quantized_verdict(57.9, {accuracy(57.9), {}, {}}), "agrees (+0.00)");
  EXPECT_EQ(quantized_verdict(57.9, {{}, {}, {}}), "-");
}

}  // namespace
}  // namespace reprise::mptq_vit
