#include "workers/mptq_vit/observers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "kernels/quantise/candidates.hpp"
#include "workers/mptq_vit/published_accuracy.hpp"

namespace reprise::mptq_vit {
namespace {

constexpr std::int64_t kImages = 25, kOfImage = 8;

/// Every image's values lie from -(image + 1) to image + 1.
std::vector<float> growing() {
  std::vector<float> values;
  for (int image = 0; image < kImages; ++image)
    for (int i = 0; i < kOfImage; ++i)
      values.push_back(static_cast<float>(image + 1) * static_cast<float>(2 * i - 7) / 7.0F);
  return values;
}

TEST(Batches, AreTenOfWholeImagesHoweverValuesCome) {
  const auto all = growing();
  SiteValues values(SiteValues::Kept::all, 4, kImages * kOfImage, kImages);
  values.add(std::span(all).first(28));
  values.add(std::span(all).subspan(28, 100));
  values.add(std::span(all).subspan(128));
  ASSERT_EQ(values.batches().size(), 10U);
  std::size_t elements = 0;
  for (std::size_t batch = 0; batch < 10; ++batch) {
    const auto own = values.of_batch(batch);
    const auto last_image = static_cast<float>(kImages * static_cast<int>(batch + 1) / 10);
    EXPECT_EQ(values.batches()[batch].high, last_image) << batch;
    EXPECT_EQ(values.batches()[batch], nn::range(own)) << batch;
    EXPECT_EQ(own.front(), all[elements]) << batch;
    elements += own.size();
  }
  EXPECT_EQ(elements, all.size());
  EXPECT_EQ(values.range().high, 25.0F);
}

TEST(Batches, AreNoMoreThanImages) {
  SiteValues values(SiteValues::Kept::spread, 1, 6, 3);
  values.add(std::vector<float>{1, 2, 3, 4, 5, 6});
  ASSERT_EQ(values.batches().size(), 3U);
  EXPECT_EQ(values.batches()[1], (nn::Range{3, 4}));
}

TEST(MovingRange, NewBatchesHaveAHundredthOfTheWeight) {
  const std::vector<nn::Range> batches{{-1, 1}, {-2, 3}, {0, 11}};
  const auto moving = moving_range(batches);
  EXPECT_NEAR(moving.low, -1.01 * 0.99, 1e-6);
  EXPECT_NEAR(moving.high, 1.02 + 0.01 * (11 - 1.02), 1e-6);
  EXPECT_EQ(moving_range(std::span(batches).first(1)), batches.front());
}

TEST(MovingQuantiles, LeaveOutWhatIsRarerThanOneInAHundredThousand) {
  constexpr std::int64_t kCount = 200'001;
  std::vector<float> ramp(kCount);
  std::iota(ramp.begin(), ramp.end(), 0.0F);
  SiteValues values(SiteValues::Kept::all, 1, kCount);
  values.add(ramp);
  const auto range = moving_quantiles(values);
  EXPECT_NEAR(range.low, 2.0, 0.02);
  EXPECT_NEAR(range.high, 199'998.0, 0.02);
}

TEST(ShrunkRange, FitsTheLastBatch) {
  std::vector<float> all(4000);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<float>(i % 101) / 100.0F;
  all[3] = 5.0F;  // an outlier, long before the last batch
  SiteValues values(SiteValues::Kept::all, 1, 4000, 10);
  values.add(all);
  const auto range = shrunk_range(values, 4);
  EXPECT_GE(range.high, 0.9F);
  EXPECT_LE(range.high, 1.1F);
  // None of the other shrinks is better there.
  const auto error_of = [&](float high) {
    const nn::Range shrunk{0, high};
    const auto quantizer = nn::asymmetric_quantizer(std::span(&shrunk, 1), 4);
    return nn::squared_errors(std::span(&quantizer, 1), nn::Grouping::whole(), values.of_batch(9)).at(0);
  };
  for (int i = 0; i < 90; ++i)
    EXPECT_GE(error_of(5.0F * static_cast<float>(1 - 0.01 * i)), error_of(range.high));
}

TEST(Observers, AreMethods) {
  std::vector<float> all(1000);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<float>(i % 100) / 10.0F - 3.0F;
  all[999] = 40.0F;
  SiteValues values(SiteValues::Kept::all, 1, 1000, 10);
  values.add(all);
  const auto reach = [&](Method method) {
    const auto found = find_quantizer(recipe_of(method), nn::SiteKind::qkv_input, 8, values);
    EXPECT_EQ(found.quantizer.kind, nn::QuantizerKind::asymmetric);
    return 255 * found.quantizer.scale.at(0);
  };
  EXPECT_NEAR(reach(Method::observed_minmax), 43.0, 1e-4);
  EXPECT_NEAR(reach(Method::observed_ema), 9.9 + 0.01 * (40.0 - 6.9), 1e-3);
  EXPECT_LT(reach(Method::observed_percentile), reach(Method::observed_ema));
  EXPECT_EQ(kept_for(recipe_of(Method::observed_omse), nn::SiteKind::qkv_input), SiteValues::Kept::all);
  EXPECT_EQ(kept_for(recipe_of(Method::observed_ema), nn::SiteKind::qkv_input), SiteValues::Kept::spread);
}

TEST(PublishedAccuracy, IsOfItsScheme) {
  const auto fully = published_uniform(ModelName::deit_tiny, Method::fq_vit_ptf, Scheme::full, 8);
  ASSERT_TRUE(fully);
  EXPECT_EQ(fully->percent, 71.61);
  EXPECT_FALSE(published_uniform(ModelName::deit_tiny, Method::fq_vit_ptf, Scheme::partial, 8));
  const auto attention = published_uniform(ModelName::vit_base, Method::fq_vit_attention4, Scheme::full, 8);
  ASSERT_TRUE(attention);
  EXPECT_EQ(attention->percent, 82.68);
  EXPECT_FALSE(published_uniform(ModelName::swin_base, Method::observed_ema, Scheme::full, 8));
}

}  // namespace
}  // namespace reprise::mptq_vit
