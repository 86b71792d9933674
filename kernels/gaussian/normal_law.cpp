#include "kernels/gaussian/normal_law.hpp"

#include <cmath>
#include <cstddef>
#include <numbers>

#include "kernels/expects.hpp"

// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/gaussian/normal_law.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include "kernels/gaussian/normal_law-inl.hpp"
#include "kernels/partial_vectors-inl.hpp"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace reprise::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {

template <class Function>
HWY_INLINE void for_each_vector(const double* from, double* to, std::size_t count, const Function& function) {
  const hn::ScalableTag<double> d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    hn::StoreU(function(d, hn::LoadU(d, from + i)), d, to + i);
  }
  if (i < count) {
    store_part(function(d, load_part(d, from + i, count - i)), d, to + i, count - i);
  }
}

}  // namespace

void normal_cdf(const double* x, double* y, std::size_t count) {
  for_each_vector(x, y, count, [](auto d, auto v) HWY_ATTR { return cdf(d, v); });
}

void normal_quantile(const double* p, double* x, std::size_t count) {
  for_each_vector(p, x, count, [](auto d, auto v) HWY_ATTR { return quantile(d, v); });
}

}  // namespace reprise::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reprise {
namespace {

HWY_EXPORT(normal_cdf);
HWY_EXPORT(normal_quantile);

}  // namespace

void normal_cdf(std::span<const double> x, std::span<double> y) {
  expects(x.size() == y.size(), "each argument has a place for its probability");
  HWY_DYNAMIC_DISPATCH(normal_cdf)(x.data(), y.data(), x.size());
}

void normal_quantile(std::span<const double> p, std::span<double> x) {
  expects(p.size() == x.size(), "each probability has a place for its quantile");
  HWY_DYNAMIC_DISPATCH(normal_quantile)(p.data(), x.data(), p.size());
}

double normal_cdf(double x) {
  normal_cdf({&x, 1}, {&x, 1});
  return x;
}

double inverse_mills_ratio(double x) {
  if (x < -37.0) {  // by the asymptotic series of Mills' ratio
    const double r = 1.0 / (x * x);
    return -x / (1.0 - r * (1.0 - r * (3.0 - r * (15.0 - r * (105.0 - r * 945.0)))));
  }
  return std::exp(-0.5 * x * x) / (std::sqrt(2.0 * std::numbers::pi) * normal_cdf(x));
}

double normal_quantile(double p) {
  normal_quantile({&p, 1}, {&p, 1});
  return p;
}

}  // namespace reprise
#endif
