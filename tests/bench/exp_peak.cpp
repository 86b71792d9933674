#include "exp_peak.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <ctime>

// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/bench/exp_peak.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include <hwy/contrib/math/math-inl.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace reprise::bench::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Returns how many exponentials were made; their sum goes to `sum`, so that none is left out.
std::size_t make_exponentials(std::size_t rounds, float& sum) {
  const hn::ScalableTag<float> d;
  const auto step = hn::Set(d, -1e-6F);
  auto a = hn::Iota(d, -1.0F), b = hn::Iota(d, -2.0F), c = hn::Iota(d, -3.0F), e = hn::Iota(d, -4.0F);
  auto sum_a = hn::Zero(d), sum_b = sum_a, sum_c = sum_a, sum_e = sum_a;
  for (std::size_t i = 0; i < rounds; ++i) {
    sum_a = hn::Add(sum_a, hn::Exp(d, a));
    sum_b = hn::Add(sum_b, hn::Exp(d, b));
    sum_c = hn::Add(sum_c, hn::Exp(d, c));
    sum_e = hn::Add(sum_e, hn::Exp(d, e));
    a = hn::Add(a, step);
    b = hn::Add(b, step);
    c = hn::Add(c, step);
    e = hn::Add(e, step);
  }
  sum += hn::GetLane(hn::SumOfLanes(d, hn::Add(hn::Add(sum_a, sum_b), hn::Add(sum_c, sum_e))));
  return 4 * rounds * hn::Lanes(d);
}

}  // namespace reprise::bench::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reprise::bench {
namespace {
HWY_EXPORT(make_exponentials);
}  // namespace

double exp_peak() {
  static const double peak = [] {
    constexpr std::size_t kRounds = 1'000'000;
    constexpr int kRepeats = 20;
    float sum = 0;
    double best = 0;
    for (int i = 0; i < kRepeats; ++i) {
      const auto start = std::clock();
      const auto made = HWY_DYNAMIC_DISPATCH(make_exponentials)(kRounds, sum);
      const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
      best = std::max(best, static_cast<double>(made) / seconds);
    }
    benchmark::DoNotOptimize(sum);
    return best;
  }();
  return peak;
}

}  // namespace reprise::bench
#endif
