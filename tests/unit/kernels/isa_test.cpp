#include "kernels/isa.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace reprise {
namespace {

TEST(Isa, NamesGoBothWays) {
  for (const Isa isa : {Isa::sse41, Isa::avx2, Isa::avx512, Isa::avx512_vnni, Isa::avx512_bf16, Isa::amx}) {
    EXPECT_EQ(isa_from_string(to_string(isa)), isa);
  }
  EXPECT_THROW((void)isa_from_string("mmx"), std::invalid_argument);
}

TEST(Isa, IsWhatTheCpuHasUntilLimited) {
  EXPECT_EQ(active_isa(), detect_isa());
}

}  // namespace
}  // namespace reprise
