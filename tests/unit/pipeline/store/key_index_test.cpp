#include "pipeline/store/key_index.hpp"

#include <gtest/gtest.h>

#include <random>
#include <unordered_map>

namespace reprise {
namespace {

TEST(KeyIndex, FindsWhatWasInsertedAndNothingElse) {
  std::mt19937_64 random(1);
  KeyIndex index;
  std::unordered_map<Key, Location> reference;
  for (std::uint32_t i = 0; i < 1'000'000; ++i) {
    // Some keys twice, and some low words that collide.
    const Key key = i % 100 == 0 ? Key{i / 200, 7 * (i % 8000)} : Key{random(), random()};
    const Location location{i % 77, i};
    EXPECT_EQ(index.insert(key, location), reference.emplace(key, location).second);
  }
  ASSERT_EQ(index.size(), reference.size());
  for (const auto& [key, location] : reference) ASSERT_EQ(index.find(key), location);
  for (int i = 0; i < 100'000; ++i) EXPECT_FALSE(index.contains({random(), random()}));
}

TEST(KeyIndex, TheFirstLocationOfAKeyStays) {
  KeyIndex index;
  EXPECT_TRUE(index.insert({1, 2}, {3, 4}));
  EXPECT_FALSE(index.insert({1, 2}, {5, 6}));
  EXPECT_EQ(index.find({1, 2}), (Location{3, 4}));
}

TEST(KeyIndex, IsEmptyAtFirst) {
  const KeyIndex index;
  EXPECT_FALSE(index.find({0, 0}));
  EXPECT_EQ(index.size(), 0U);
}

TEST(KeyIndex, CostsAtMost64BytesAKey) {
  KeyIndex index;
  std::mt19937_64 random(2);
  for (int i = 0; i < 100'000; ++i) index.insert({random(), random()}, {0, 0});
  EXPECT_LE(index.bytes(), 64U * 100'000);
  KeyIndex reserved;
  reserved.reserve(100'000);
  const auto before = reserved.bytes();
  for (int i = 0; i < 100'000; ++i) reserved.insert({random(), random()}, {0, 0});
  EXPECT_EQ(reserved.bytes(), before);
}

// 500,000 random insertions and removals of 4,000 keys whose low words collide, beside std::unordered_map.
TEST(KeyTable, RemovalLeavesEverythingElseToBeFound) {
  std::mt19937_64 random(3);
  KeyTable<std::uint64_t, 0> table;
  std::unordered_map<Key, std::uint64_t> reference;
  for (std::uint64_t i = 1; i <= 500'000; ++i) {
    const Key key{random() % 4, random() % 1000};
    if (random() % 2 == 0) {
      ASSERT_EQ(table.insert(key, i), reference.emplace(key, i).second);
    } else {
      ASSERT_EQ(table.erase(key), reference.erase(key) == 1);
    }
    ASSERT_EQ(table.size(), reference.size());
    if (i % 5000 != 0) continue;
    for (std::uint64_t high = 0; high < 4; ++high) {
      for (std::uint64_t low = 0; low < 1000; ++low) {
        const auto found = reference.find({high, low});
        ASSERT_EQ(table.find({high, low}).value_or(0), found == reference.end() ? 0 : found->second);
      }
    }
  }
}

}  // namespace
}  // namespace reprise
