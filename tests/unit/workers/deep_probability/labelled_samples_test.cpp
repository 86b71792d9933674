#include "workers/deep_probability/labelled_samples.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <set>

#include "pipeline/base/errors.hpp"
#include "workers/deep_probability/real_samples.hpp"

namespace reprise::deep_probability {
namespace {

using testing::ElementsAre;

TEST(SharedOut, AddsUpAndKeepsProportions) {
  EXPECT_THAT(shared_out(29000, {20000, 6000, 3000}), ElementsAre(20000, 6000, 3000));
  EXPECT_THAT(shared_out(1512, {1203, 151, 158}), ElementsAre(1203, 151, 158));
  EXPECT_THAT(shared_out(10, {8, 1, 1}), ElementsAre(8, 1, 1));
  EXPECT_THAT(shared_out(7, {1, 1, 1}), ElementsAre(3, 2, 2));
  for (std::size_t total = 0; total < 50; ++total) {
    const auto shares = shared_out(total, {5, 3, 1});
    EXPECT_EQ(shares[0] + shares[1] + shares[2], total);
  }
}

TEST(SplitGroups, TakesEachSampleOnceAndDependsOnNamesAndSeedAlone) {
  std::vector<std::string> groups;
  for (int i = 0; i < 90; ++i) groups.push_back(fmt::format("g{:02}", i % 30));
  const auto split = split_groups(4, groups, {1, 1, 1}, "groups");
  std::set<std::uint32_t> all;
  for (const auto* part : {&split.train, &split.validation, &split.test}) {
    EXPECT_EQ(part->size(), 30U);
    EXPECT_TRUE(std::ranges::is_sorted(*part));
    for (const auto sample : *part) {
      EXPECT_TRUE(all.insert(sample).second);
      for (const auto other : {(sample + 30) % 90, (sample + 60) % 90})
        EXPECT_TRUE(std::ranges::binary_search(*part, other)) << "a group is in two parts";
    }
  }
  EXPECT_EQ(split_groups(4, groups, {1, 1, 1}, "groups").test, split.test);
  EXPECT_NE(split_groups(5, groups, {1, 1, 1}, "groups").test, split.test);
  EXPECT_THROW((void)split_groups(4, std::vector<std::string>(9, "one"), {1, 1, 1}, "groups"), UsageError);
}

/// Samples [1, 1, 1] of their own number.
class Numbers final : public SampleReader {
 public:
  explicit Numbers(nn::Shape shape) : shape_(std::move(shape)) {}
  nn::Shape shape() const override { return shape_; }
  nn::Tensor read(std::span<const std::uint32_t> samples) const override {
    std::vector<float> values(samples.begin(), samples.end());
    return nn::Tensor::from(values, {static_cast<std::int64_t>(values.size()), 1, 1, 1});
  }

 private:
  nn::Shape shape_;
};

TEST(SplitSamples, ReadAPartsMembers) {
  LabelledSamples samples;
  samples.reader = std::make_shared<Numbers>(nn::Shape{1, 1, 1});
  const std::vector<std::uint8_t> label{0, 1, 0, 1, 1, 0};
  samples.training = part_of({4, 2}, label, {});
  samples.validation = part_of({1}, label, {});
  samples.test = part_of({0, 3, 5}, label, {});
  const auto split = split_samples(samples);
  EXPECT_THAT(split.test.batch(std::vector<std::uint32_t>{2, 0}).values<float>(), ElementsAre(5, 0));
  EXPECT_THAT(split.training.label, ElementsAre(1, 0));
  EXPECT_TRUE(split.test.probability.empty());
  EXPECT_EQ(split.evaluation_batch, 500U);
}

TEST(SplitSamples, AreEvaluatedInBatchesThatFitMemory) {
  LabelledSamples samples;
  samples.reader = std::make_shared<Numbers>(nn::Shape{3, 300, 300});
  EXPECT_EQ(split_samples(samples).evaluation_batch, 31U);
  samples.reader = std::make_shared<Numbers>(nn::Shape{1536});
  EXPECT_EQ(split_samples(samples).evaluation_batch, 16U);
}

}  // namespace
}  // namespace reprise::deep_probability
