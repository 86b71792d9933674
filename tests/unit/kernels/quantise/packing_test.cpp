#include "kernels/quantise/packing.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "../formula.hpp"

namespace reprise::nn {
namespace {

using Bytes = std::vector<std::uint8_t>;
using Codes = std::vector<std::int32_t>;

TEST(Packing, HasItsReferenceBytes) {
  EXPECT_EQ(pack(Codes{1, 2, 3, 4, 15, 0, 9}, 4), (Bytes{0x21, 0x43, 0x0F, 0x09}));
  EXPECT_EQ(pack(Codes{1, 2, 3, 4, 5, 30, 31, 0, 17}, 5), (Bytes{0x41, 0x0C, 0x52, 0xFC, 0x07, 0x11}));
}

TEST(Packing, ComesBackForAllBitsAndLengths) {
  for (int bits = 1; bits <= 8; ++bits)
    for (std::size_t count = 0; count < 40; ++count) {
      Codes codes;
      for (std::size_t i = 0; i < count; ++i)
        codes.push_back(static_cast<std::int32_t>(formula::uniform("codes", i + 1000 * count) * (1 << bits)));
      const auto packed = pack(codes, bits);
      ASSERT_EQ(packed.size(), packed_bytes(count, bits));
      const auto back = unpack(packed, count, bits);
      ASSERT_EQ(Codes(back.begin(), back.end()), codes) << bits << " bits, " << count << " codes";
    }
}

/// The definition, bit by bit.
TEST(Packing, PutsEachBitWhereTheFormatSays) {
  for (int bits = 1; bits <= 8; ++bits)
    for (std::size_t i = 0; i < 11; ++i)
      for (int bit = 0; bit < bits; ++bit) {
        Codes codes(11, 0);
        codes[i] = 1 << bit;
        const std::size_t k = i * static_cast<std::size_t>(bits) + static_cast<std::size_t>(bit);
        Bytes expected(packed_bytes(11, bits));
        expected[k / 8] = static_cast<std::uint8_t>(1U << k % 8);
        ASSERT_EQ(pack(codes, bits), expected);
      }
}

TEST(Packing, RefusesWhatDoesNotFit) {
  for (int bits = 1; bits <= 8; ++bits) {
    EXPECT_THROW((void)pack(Codes{0, 1 << bits}, bits), std::invalid_argument);
    EXPECT_THROW((void)pack(Codes{-1}, bits), std::invalid_argument);
    EXPECT_THROW((void)unpack(Bytes(3), 100, bits), std::invalid_argument);
    EXPECT_THROW((void)unpack(Bytes(1), 0, bits), std::invalid_argument);
  }
  EXPECT_THROW((void)pack(Codes{0}, 0), std::invalid_argument);
  EXPECT_THROW((void)pack(Codes{0}, 9), std::invalid_argument);
  EXPECT_THROW((void)unpack(Bytes{0xFF}, 1, 5), std::invalid_argument);  // the padding is not zero
}

}  // namespace
}  // namespace reprise::nn
