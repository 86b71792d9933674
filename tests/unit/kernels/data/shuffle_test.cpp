#include "kernels/data/shuffle.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <stdexcept>

namespace reprise {
namespace {

TEST(Shuffle, HoldsEachSampleOnce) {
  for (const std::int64_t count : {0, 1, 2, 1000}) {
    auto order = permutation(random_key(1), 0, count);
    std::sort(order.begin(), order.end());
    ASSERT_EQ(order.size(), static_cast<std::size_t>(count));
    for (std::int64_t i = 0; i < count; ++i) ASSERT_EQ(order[static_cast<std::size_t>(i)], i);
  }
  EXPECT_THROW((void)permutation(random_key(1), 0, -1), std::invalid_argument);
}

TEST(Shuffle, DependsOnKeyAndEpochAlone) {
  const auto order = permutation(random_key(1), 3, 100);
  EXPECT_EQ(order, permutation(random_key(1), 3, 100));
  EXPECT_NE(order, permutation(random_key(1), 4, 100));
  EXPECT_NE(order, permutation(random_key(2), 3, 100));
}

// Stored results depend on it.
TEST(Shuffle, NeverChanges) {
  EXPECT_EQ(permutation(random_key(7, 1, 2), 5, 8), (std::vector<std::int64_t>{6, 1, 5, 0, 4, 3, 2, 7}));
}

// Chi-squared with 23 degrees of freedom: above 49.73 in one of a thousand seeds.
TEST(Shuffle, IsUniform) {
  std::map<std::vector<std::int64_t>, int> counts;
  constexpr int draws = 24000;
  for (std::uint64_t epoch = 0; epoch < draws; ++epoch) ++counts[permutation(random_key(3), epoch, 4)];
  double chi_squared = 24.0 - static_cast<double>(counts.size());
  chi_squared *= draws / 24.0;
  for (const auto& [order, count] : counts) {
    const double excess = count - draws / 24.0;
    chi_squared += excess * excess / (draws / 24.0);
  }
  EXPECT_LT(chi_squared, 49.73);
}

}  // namespace
}  // namespace reprise
