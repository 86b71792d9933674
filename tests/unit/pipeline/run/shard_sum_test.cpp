#include "pipeline/run/shard_sum.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>

#include "tests/unit/pipeline/run/thread_group.hpp"

namespace reprise {
namespace {

using test::on_members;

const std::vector<std::size_t> kLengths{7, 1, 40, 3, 12};

/// Numbers of very different sizes, so that another order of additions gives other bits.
std::vector<float> values_of(int step, int shard, std::size_t piece) {
  std::mt19937 random(static_cast<unsigned>(1000 * step + 20 * shard) + static_cast<unsigned>(piece));
  std::vector<float> values(kLengths[piece]);
  for (auto& value : values)
    value = std::ldexp(static_cast<float>(random() >> 8U), static_cast<int>(random() % 20) - 30) *
            (random() % 2 == 0 ? 1.0F : -1.0F);
  return values;
}

/// The totals of several sums, one after another; the pieces of a shard come in an order of its own.
std::vector<float> totals(Group& group, int shards, int steps) {
  std::vector<float> all;
  ShardSum sum(group, shards, kLengths);
  for (int step = 0; step < steps; ++step) {
    const auto [first, last] = sum.mine();
    for (int shard = first; shard < last; ++shard)
      for (std::size_t k = 0; k < kLengths.size(); ++k) {
        const auto piece = (3 * k + static_cast<std::size_t>(shard)) % kLengths.size();
        sum.add(shard, piece, values_of(step, shard, piece));
      }
    sum.finish([&](std::size_t piece, std::span<const float> total) {
      EXPECT_EQ(total.size(), kLengths[piece]);
      all.insert(all.end(), total.begin(), total.end());
    });
  }
  return all;
}

/// Halves of halves, by hand.
float tree(int step, int first, int last, std::size_t piece, std::size_t at) {
  if (last - first == 1) return values_of(step, first, piece)[at];
  const int middle = first + (last - first) / 2;
  return tree(step, first, middle, piece, at) + tree(step, middle, last, piece, at);
}

TEST(ShardSum, AddsInAFixedTreeOnAnyNumberOfMembers) {
  for (const int shards : {1, 2, 3, 4, 6, 7, 8, 13}) {
    SoleGroup sole;
    const auto alone = totals(sole, shards, 3);
    std::size_t at = 0;
    for (int step = 0; step < 3; ++step)
      for (std::size_t piece = 0; piece < kLengths.size(); ++piece)
        for (std::size_t i = 0; i < kLengths[piece]; ++i, ++at)
          ASSERT_EQ(alone[at], tree(step, 0, shards, piece, i)) << shards << " shards";
    for (const int size : {2, 3, 4, 5, 8}) {
      for (const auto& found : on_members(size, [&](Group& group) { return totals(group, shards, 3); }))
        ASSERT_EQ(std::memcmp(found.data(), alone.data(), alone.size() * sizeof(float)), 0)
            << shards << " shards, " << size << " members";
    }
  }
}

TEST(ShardSum, OtherNumbersOfShardsGiveOtherBits) {
  const auto in_turn = [](int shards, std::size_t piece, std::size_t at) {
    float sum = 0;
    for (int shard = 0; shard < shards; ++shard) sum += values_of(0, shard, piece)[at];
    return sum;
  };
  int differ = 0;
  for (std::size_t i = 0; i < kLengths[2]; ++i)
    if (in_turn(8, 2, i) != tree(0, 0, 8, 2, i)) ++differ;
  EXPECT_GT(differ, 10);
}

TEST(ShardSum, MembersThatAreAheadWait) {
  const auto results = on_members(4, [](Group& group) {
    if (group.rank() == 2) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return totals(group, 4, 20);
  });
  for (const auto& result : results) EXPECT_EQ(result, results[0]);
}

TEST(ShardSum, MistakesAreCaught) {
  SoleGroup sole;
  EXPECT_THROW(ShardSum(sole, 0, kLengths), std::invalid_argument);
  ShardSum sum(sole, 2, kLengths);
  EXPECT_THROW(sum.add(0, 0, std::vector<float>(3)), std::invalid_argument) << "too short";
  EXPECT_THROW(sum.add(1, 0, values_of(0, 1, 0)), std::invalid_argument) << "out of turn";
  sum.add(0, 0, values_of(0, 0, 0));
  EXPECT_THROW(sum.add(0, 0, values_of(0, 0, 0)), std::invalid_argument) << "twice";
}

}  // namespace
}  // namespace reprise
