#include "kernels/isa.hpp"

#include <gtest/gtest.h>
#include <oneapi/dnnl/dnnl.h>

#include <cmath>
#include <cstdlib>
#include <span>
#include <stdexcept>
#include <vector>

#include "kernels/density/log_density.hpp"
#include "kernels/random/blocks.hpp"

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

/// Exits with 0 when kernels held to `isa` agree with plain arithmetic.
void run_limited(Isa isa) {
  limit_isa(isa);
  limit_isa(isa);  // saying it twice is no error
  if (active_isa() > isa) {
    std::exit(1);
  }
  constexpr std::size_t kDim = 12;
  std::vector<float> points(2000 * kDim);
  fill_normal({random_key(1), 0, 0, 2000, kDim}, std::span<float>(points));
  const std::span<const float> query = std::span<const float>(points).first(kDim);
  const auto grid = BandwidthGrid::named(std::vector{0.8});
  double sum = 0.0;
  for (std::size_t i = 0; i < 2000; ++i) {
    double distance = 0.0;
    for (std::size_t a = 0; a < kDim; ++a) {
      const double step = static_cast<double>(query[a]) - static_cast<double>(points[i * kDim + a]);
      distance += step * step;
    }
    sum += std::exp(-grid.precision(0) * distance);
  }
  for (const DistanceMethod method : {DistanceMethod::subtraction, DistanceMethod::product}) {
    const auto state = density_states<float>(grid, {.distances = method}, query, points, kDim).front();
    if (std::abs(log_kernel_sum(state, grid, 0) - std::log(sum)) > 1e-5) {
      std::exit(2);
    }
  }
  std::exit(0);
}

TEST(IsaDeathTest, KernelsAgreeUnderEveryLimit) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  for (const Isa isa : {Isa::sse41, Isa::avx2, Isa::avx512}) {
    EXPECT_EXIT(run_limited(isa), testing::ExitedWithCode(0), "") << to_string(isa);
  }
}

void limit_too_late() {
  (void)dnnl_get_effective_cpu_isa();  // from here on oneDNN has chosen
  try {
    limit_isa(Isa::sse41);
  } catch (const std::logic_error&) {
    std::exit(0);
  }
  std::exit(1);
}

TEST(IsaDeathTest, RefusesALimitThatComesTooLate) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(limit_too_late(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace reprise
