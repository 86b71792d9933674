#include "pipeline/base/bytes.hpp"

#include <gtest/gtest.h>

namespace reprise {
namespace {

TEST(ByteReader, TakesWhatWasAppended) {
  Bytes bytes;
  append_value(bytes, std::uint32_t{7});
  append_value(bytes, 0.5);
  append(bytes, bytes_of("end"));
  ByteReader reader(bytes);
  EXPECT_EQ(reader.value<std::uint32_t>(), 7U);
  EXPECT_EQ(reader.value<double>(), 0.5);
  EXPECT_EQ(text_of(reader.rest()), "end");
  EXPECT_EQ(text_of(reader.take(3)), "end");
  EXPECT_TRUE(reader.empty());
}

TEST(ByteReader, RunningOutIsDamage) {
  const Bytes bytes(3);
  ByteReader reader(bytes);
  EXPECT_THROW(reader.value<std::uint32_t>(), DamagedFile);
  EXPECT_THROW(reader.take(4), DamagedFile);
  EXPECT_THROW(reader.take(~std::size_t{0}), DamagedFile);
  EXPECT_EQ(reader.take(3).size(), 3U);
}

}  // namespace
}  // namespace reprise
