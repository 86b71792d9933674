#include "pipeline/run/group.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <mutex>
#include <random>

#include "tests/unit/pipeline/run/thread_group.hpp"

namespace reprise {
namespace {

using test::on_members;

/// Numbers of very different sizes, so that any other order of summation gives other bits.
std::vector<double> shard_values(int shard) {
  std::mt19937_64 random(static_cast<std::uint64_t>(shard) + 1);
  std::vector<double> values(200);
  for (auto& value : values) {
    value = std::ldexp(static_cast<double>(random() >> 11U), static_cast<int>(random() % 60) - 80) *
            (random() % 2 == 0 ? 1 : -1);
  }
  return values;
}

bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

TEST(Group, SumsHaveTheSameBitsForAnyNumberOfMembers) {
  for (const int shards : {1, 2, 3, 5, 8, 12, 16, 31}) {
    SoleGroup sole;
    const auto alone = sole.sum(shards, shard_values);
    for (const int size : {1, 2, 3, 4, 7}) {
      for (const auto& sum :
           on_members(size, [&](Group& group) { return group.sum(shards, shard_values); })) {
        EXPECT_TRUE(same_bits(sum, alone)) << shards << " shards, " << size << " members";
      }
    }
  }
}

// Were partial sums of members added up instead, the test above would fail.
TEST(Group, SummingMembersSharesInRankOrderWouldChangeBits) {
  const auto naive = [](int shards, int members) {
    std::vector<double> total(200);
    for (int member = 0; member < members; ++member) {
      std::vector<double> part(200);
      for (int shard = member * shards / members; shard < (member + 1) * shards / members; ++shard) {
        const auto values = shard_values(shard);
        for (std::size_t i = 0; i < part.size(); ++i) part[i] += values[i];
      }
      for (std::size_t i = 0; i < part.size(); ++i) total[i] += part[i];
    }
    return total;
  };
  EXPECT_FALSE(same_bits(naive(16, 1), naive(16, 3)));
  EXPECT_FALSE(same_bits(naive(16, 2), naive(16, 4)));
}

TEST(Group, EachShardIsComputedOnce) {
  std::mutex mutex;
  std::map<int, int> times;
  on_members(4, [&](Group& group) {
    return group.sum(13, [&](int shard) {
      const std::scoped_lock lock(mutex);
      ++times[shard];
      return std::vector<double>{1.0};
    });
  });
  EXPECT_EQ(times.size(), 13U);
  for (const auto& [shard, count] : times) EXPECT_EQ(count, 1) << shard;
}

TEST(Group, SeveralSumsFollowEachOther) {
  const auto results = on_members(3, [](Group& group) {
    double total = 0;
    for (int round = 0; round < 50; ++round) {
      total += group.sum(4, [&](int shard) { return std::vector<double>{1.0 * shard + round}; })[0];
    }
    return total;
  });
  for (const double result : results) EXPECT_EQ(result, 50 * 6 + 4 * (49 * 50 / 2));
}

TEST(Group, GathersPartsInOrder) {
  const auto part = [](int index) {
    return std::vector<double>(static_cast<std::size_t>(index % 3), 0.1 * index);
  };
  SoleGroup sole;
  const auto alone = sole.gather(11, part);
  EXPECT_EQ(alone.size(), 10U);
  for (const int size : {2, 3, 7, 13})
    for (const auto& all : on_members(size, [&](Group& group) { return group.gather(11, part); }))
      EXPECT_EQ(all, alone) << size << " members";
  EXPECT_TRUE(sole.gather(0, part).empty());
}

TEST(Group, SharesAreNeighboursAndEven) {
  const auto shares = on_members(5, [](Group& group) { return group.share(13); });
  int next = 0;
  for (const auto& [first, last] : shares) {
    EXPECT_EQ(first, next);
    EXPECT_TRUE(last - first == 2 || last - first == 3);
    next = last;
  }
  EXPECT_EQ(next, 13);
}

TEST(Group, TheLeadersBytesReachAll) {
  for (const auto& bytes : on_members(5, [](Group& group) {
         const auto mine = std::to_string(group.rank());
         return group.broadcast(bytes_of(mine));
       })) {
    EXPECT_EQ(text_of(bytes), "0");
  }
}

TEST(Group, ShardsOfDifferentLengthAreAMistake) {
  SoleGroup sole;
  EXPECT_THROW(sole.sum(2, [](int shard) { return std::vector<double>(static_cast<std::size_t>(shard)); }),
               std::logic_error);
  EXPECT_THROW(sole.sum(0, shard_values), std::logic_error);
}

}  // namespace
}  // namespace reprise
