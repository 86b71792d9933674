#include "pipeline/base/key.hpp"

#include <gtest/gtest.h>

#include <set>

#include "pipeline/base/bytes.hpp"
#include "pipeline/base/errors.hpp"

namespace reprise {
namespace {

TEST(Key, IsWrittenAs32HexadecimalDigitsAndReadBack) {
  const Key key{0x0123456789abcdefU, 0x00000000000000ffU};
  EXPECT_EQ(key.hex(), "0123456789abcdef00000000000000ff");
  EXPECT_EQ(Key::from_hex(key.hex()), key);
}

TEST(Key, AnythingElseIsNoKey) {
  for (const auto* text : {"", "0123", "0123456789abcdef00000000000000fg",
                           "0123456789abcdef00000000000000ff0", "+123456789abcdef00000000000000ff",
                           "0x23456789abcdef00000000000000ff", " 123456789abcdef00000000000000ff"}) {
    EXPECT_THROW(Key::from_hex(text), UsageError) << text;
  }
}

TEST(Key, IsTheXxh3HashOfBytes) {
  // The published XXH3-128 of the empty input with seed 0.
  EXPECT_EQ(hash_bytes({}).hex(), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(hash_bytes(bytes_of("reprise")).hex(), hash_bytes(bytes_of("reprise")).hex());
}

TEST(Key, OfBytesInPiecesIsThatOfAllOfThem) {
  Bytes bytes(5000);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i % 251);
  for (const std::size_t piece : {1U, 7U, 256U, 4999U, 5000U}) {
    Hasher hasher;
    for (std::size_t at = 0; at < bytes.size(); at += piece)
      hasher.add(ByteView(bytes).subspan(at, std::min(piece, bytes.size() - at)));
    EXPECT_EQ(hasher.hash(), hash_bytes(bytes));
  }
  EXPECT_EQ(Hasher().hash(), hash_bytes({}));
}

TEST(Key, OneBitMoreOrLessIsAnotherKey) {
  std::set<Key> keys;
  Bytes bytes(32);
  keys.insert(hash_bytes(bytes));
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    auto changed = bytes;
    changed[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    keys.insert(hash_bytes(changed));
  }
  for (std::size_t size = 0; size < bytes.size(); ++size)
    keys.insert(hash_bytes(ByteView(bytes).first(size)));
  EXPECT_EQ(keys.size(), 1 + 256 + 32U);
}

}  // namespace
}  // namespace reprise
