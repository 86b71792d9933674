#include "kernels/random/philox.hpp"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace reprise {
namespace {

using Words = std::array<std::uint32_t, 4>;

// Known answers of Random123 1.14 (kat_vectors), philox4x32 with 10 rounds.
TEST(Philox, MatchesKnownAnswers) {
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  const std::uint32_t f = 0xffffffff;
  EXPECT_EQ(philox({f, f, f, f}, {f, f}), (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, GoesOnFromAnyPosition) {
  const RandomKey key = random_key(1, 2, 3);
  Philox whole(key, 5);
  std::vector<std::uint32_t> words;
  for (int i = 0; i < 23; ++i) {
    words.push_back(whole());
  }
  for (std::uint64_t position = 0; position < 23; ++position) {
    Philox part(key, 5, position);
    EXPECT_EQ(part(), words[position]) << position;
    EXPECT_EQ(part.position(), position + 1);
  }
}

TEST(Philox, KeysOfDifferentThingsDiffer) {
  std::set<std::array<std::uint32_t, 2>> keys;
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    for (std::uint64_t id = 0; id < 4; ++id) {
      const RandomKey key = random_key(seed, id, 7);
      keys.insert(key.words);
      keys.insert(derive(key, 0).words);
      keys.insert(derive(key, 1).words);
    }
  }
  EXPECT_EQ(keys.size(), 48U);
}

}  // namespace
}  // namespace reprise
