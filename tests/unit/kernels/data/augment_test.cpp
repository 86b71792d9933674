#include "kernels/data/augment.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numeric>
#include <stdexcept>

namespace reprise::nn {
namespace {

Tensor numbered(const Shape& shape) {
  std::vector<float> values(static_cast<std::size_t>(shape.elements()));
  std::iota(values.begin(), values.end(), 1.0F);
  return Tensor::from(values, shape);
}

std::vector<std::int64_t> samples_from(std::int64_t first, std::int64_t count) {
  std::vector<std::int64_t> samples(static_cast<std::size_t>(count));
  std::iota(samples.begin(), samples.end(), first);
  return samples;
}

TEST(Augment, FlipMirrorsRowsOrLeavesThem) {
  const auto images = numbered({1, 1, 2, 3});
  const auto samples = samples_from(0, 1);
  const AugmentationDraws draws{random_key(1), 0, samples};
  EXPECT_EQ(random_flip(images, draws, 1.0).values<float>(), (std::vector<float>{3, 2, 1, 6, 5, 4}));
  EXPECT_EQ(random_flip(images, draws, 0.0).values<float>(), images.values<float>());
}

TEST(Augment, CropShiftsAndFillsWithZeros) {
  const auto images = numbered({400, 2, 3, 3});
  const auto samples = samples_from(0, 400);
  const auto cropped = random_crop(images, {random_key(2), 0, samples}, 2);
  std::map<std::pair<std::int64_t, std::int64_t>, int> places;
  for (std::int64_t n = 0; n < 400; ++n) {
    const auto before = images.slice(0, n, 1).values<float>();
    const auto after = cropped.slice(0, n, 1).values<float>();
    int fitting = 0;
    for (std::int64_t down = -2; down <= 2; ++down) {
      for (std::int64_t right = -2; right <= 2; ++right) {
        std::vector<float> expected(18, 0.0F);
        for (std::int64_t c = 0; c < 2; ++c)
          for (std::int64_t y = 0; y < 3; ++y)
            for (std::int64_t x = 0; x < 3; ++x)
              if (y + down >= 0 && y + down < 3 && x + right >= 0 && x + right < 3)
                expected[static_cast<std::size_t>(9 * c + 3 * y + x)] =
                    before[static_cast<std::size_t>(9 * c + 3 * (y + down) + x + right)];
        if (after != expected) continue;
        ++fitting;
        ++places[{down, right}];
      }
    }
    ASSERT_EQ(fitting, 1) << n;
  }
  EXPECT_EQ(places.size(), 25U);  // each is missed with probability (24/25)^400 < 1e-7
  EXPECT_EQ(random_crop(images, {random_key(2), 0, samples}, 0).values<float>(), images.values<float>());
}

TEST(Augment, CropMayShiftAllOfAnImageAway) {
  const auto images = numbered({64, 1, 1, 1});
  const auto samples = samples_from(0, 64);
  double kept = 0.0;
  for (const auto value : random_crop(images, {random_key(4), 0, samples}, 3).values<float>())
    kept += value != 0.0F ? 1.0 : 0.0;
  EXPECT_LT(kept, 10);  // 64 / 49 expected
}

TEST(Augment, DependsOnKeyEpochAndSampleAlone) {
  const auto images = numbered({8, 3, 5, 4});
  const std::vector<std::int64_t> samples{5, 900, 17, 3, 8, 21, 4, 77};
  const auto augmented = [&](RandomKey key, std::uint64_t epoch, std::int64_t from, std::int64_t count) {
    const AugmentationDraws draws{
        key, epoch,
        std::span(samples).subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(count))};
    return random_crop(random_flip(images.slice(0, from, count), draws), draws, 2);
  };
  const auto all = augmented(random_key(3), 2, 0, 8);
  // The same in other batches and another layout.
  for (std::int64_t from = 0; from < 8; from += 2)
    EXPECT_EQ(augmented(random_key(3), 2, from, 2).values<float>(), all.slice(0, from, 2).values<float>());
  const AugmentationDraws draws{random_key(3), 2, samples};
  EXPECT_EQ(random_crop(random_flip(images.to_channels_last(), draws), draws, 2).values<float>(),
            all.values<float>());
  EXPECT_NE(augmented(random_key(3), 3, 0, 8).values<float>(), all.values<float>());
  EXPECT_NE(augmented(random_key(4), 2, 0, 8).values<float>(), all.values<float>());
}

// 10,000 draws: the standard deviation of the rate is 0.005; four of them are exceeded once in 16,000 seeds.
TEST(Augment, FlipsAtTheRateAskedFor) {
  const auto images = numbered({10000, 1, 1, 2});
  const auto samples = samples_from(0, 10000);
  const auto flipped = random_flip(images, {random_key(5), 1, samples}, 0.5).values<float>();
  double rate = 0.0;
  for (std::size_t n = 0; n < 10000; ++n) rate += flipped[2 * n] > flipped[2 * n + 1] ? 1e-4 : 0.0;
  EXPECT_NEAR(rate, 0.5, 0.02);
}

TEST(Augment, RefusesWhatIsNoBatchOfImages) {
  const auto samples = samples_from(0, 2);
  const AugmentationDraws draws{random_key(1), 0, samples};
  EXPECT_THROW((void)random_flip(Tensor::zeros({1, 1, 2, 2}), draws), std::invalid_argument);
  EXPECT_THROW((void)random_flip(Tensor::zeros({2, 2, 2}), draws), std::invalid_argument);
  EXPECT_THROW((void)random_flip(Tensor::zeros({2, 1, 2, 2}, DataType::u8), draws), std::invalid_argument);
  EXPECT_THROW((void)random_flip(Tensor::zeros({2, 1, 2, 2}), draws, 1.5), std::invalid_argument);
  EXPECT_THROW((void)random_crop(Tensor::zeros({2, 1, 2, 2}), draws, -1), std::invalid_argument);
}

}  // namespace
}  // namespace reprise::nn
