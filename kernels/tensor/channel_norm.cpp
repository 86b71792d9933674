#include "kernels/tensor/channel_norm.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/tensor/channel_norm.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include "kernels/partial_vectors-inl.hpp"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace reprise::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {

using nn::channel_norm::Size;
using Count = std::int64_t;

/// Pixels that are summed in the tensor's own precision before they go into a double.
constexpr Count kRun = 32;

/// Calls visit(first channel, how many) for vectors of channels.
template <class D, class Visit>
HWY_INLINE void over_channels(D d, Count channels, const Visit& visit) {
  const auto lanes = static_cast<Count>(hn::Lanes(d));
  for (Count c = 0; c < channels; c += lanes) visit(c, std::min(lanes, channels - c));
}

template <class D, class T>
HWY_INLINE hn::Vec<D> load(D d, const T* from, Count count) {
  return load_part(d, from, static_cast<std::size_t>(count));
}

template <class D, class T>
HWY_INLINE void store(hn::Vec<D> v, D d, T* to, Count count) {
  store_part(v, d, to, static_cast<std::size_t>(count));
}

/// sums[c] += value, for `count` channels from `c` on.
template <class D>
HWY_INLINE void flush(hn::Vec<D> value, D d, Count c, Count count, double* sums) {
  HWY_ALIGN hn::TFromD<D> lane[HWY_MAX_BYTES / sizeof(hn::TFromD<D>)];
  hn::Store(value, d, lane);
  for (Count k = 0; k < count; ++k) sums[c + k] += static_cast<double>(lane[k]);
}

template <class T>
void moments_of(Size size, const T* x, T* mean, T* variance) {
  const hn::ScalableTag<T> d;
  const Count channels = size.channels;
  std::vector<double> sums(static_cast<std::size_t>(channels), 0.0);
  const auto rows = static_cast<double>(size.pixels);
  for (Count first = 0; first < size.pixels; first += kRun) {
    const Count last = std::min(first + kRun, size.pixels);
    over_channels(d, channels, [&](Count c, Count count) HWY_ATTR {
      auto sum = hn::Zero(d);
      for (Count p = first; p < last; ++p) sum = hn::Add(sum, load(d, x + p * channels + c, count));
      flush(sum, d, c, count, sums.data());
    });
  }
  for (Count c = 0; c < channels; ++c) mean[c] = static_cast<T>(sums[static_cast<std::size_t>(c)] / rows);
  std::fill(sums.begin(), sums.end(), 0.0);
  for (Count first = 0; first < size.pixels; first += kRun) {
    const Count last = std::min(first + kRun, size.pixels);
    over_channels(d, channels, [&](Count c, Count count) HWY_ATTR {
      const auto centre = load(d, mean + c, count);
      auto sum = hn::Zero(d);
      for (Count p = first; p < last; ++p) {
        const auto away = hn::Sub(load(d, x + p * channels + c, count), centre);
        sum = hn::MulAdd(away, away, sum);
      }
      flush(sum, d, c, count, sums.data());
    });
  }
  for (Count c = 0; c < channels; ++c) variance[c] = static_cast<T>(sums[static_cast<std::size_t>(c)] / rows);
}

template <class T>
void apply_all(Size size, const T* x, const T* mean, const T* variance, const T* scale, const T* shift,
               double epsilon, const T* added, bool rectify, T* y) {
  const hn::ScalableTag<T> d;
  const Count channels = size.channels;
  std::vector<T> factor(static_cast<std::size_t>(channels));
  for (Count c = 0; c < channels; ++c)
    factor[static_cast<std::size_t>(c)] =
        static_cast<T>(static_cast<double>(scale[c]) / std::sqrt(static_cast<double>(variance[c]) + epsilon));
  const T floor = rectify ? T{0} : -std::numeric_limits<T>::infinity();
  const auto least = hn::Set(d, floor);
  for (Count first = 0; first < size.pixels; first += kRun) {  // a run stays near
    const Count last = std::min(first + kRun, size.pixels);
    over_channels(d, channels, [&](Count c, Count count) HWY_ATTR {
      const auto centre = load(d, mean + c, count);
      const auto by = load(d, factor.data() + c, count);
      const auto up = load(d, shift + c, count);
      for (Count p = first; p < last; ++p) {
        const Count at = p * channels + c;
        auto value = hn::MulAdd(hn::Sub(load(d, x + at, count), centre), by, up);
        if (added != nullptr) value = hn::Add(value, load(d, added + at, count));
        store(hn::Max(value, least), d, y + at, count);
      }
    });
  }
}

template <class T>
void backward_all(Size size, const T* x, const T* y, const T* dy, const T* mean, const T* variance,
                  const T* scale, double epsilon, T* dx, T* dscale, T* dshift, T* dadded) {
  const hn::ScalableTag<T> d;
  const Count channels = size.channels;
  const auto all = static_cast<std::size_t>(channels);
  std::vector<double> sums(all, 0.0);
  std::vector<double> products(all, 0.0);
  std::vector<T> inverse(all);
  for (Count c = 0; c < channels; ++c)
    inverse[static_cast<std::size_t>(c)] =
        static_cast<T>(1 / std::sqrt(static_cast<double>(variance[c]) + epsilon));
  const auto passed = [&](Count at, Count count) HWY_ATTR {
    const auto g = load(d, dy + at, count);
    return y == nullptr ? g : hn::IfThenElseZero(hn::Gt(load(d, y + at, count), hn::Zero(d)), g);
  };
  for (Count first = 0; first < size.pixels; first += kRun) {
    const Count last = std::min(first + kRun, size.pixels);
    over_channels(d, channels, [&](Count c, Count count) HWY_ATTR {
      const auto centre = load(d, mean + c, count);
      const auto by = load(d, inverse.data() + c, count);
      auto sum = hn::Zero(d);
      auto product = hn::Zero(d);
      for (Count p = first; p < last; ++p) {
        const auto g = passed(p * channels + c, count);
        const auto normal = hn::Mul(hn::Sub(load(d, x + p * channels + c, count), centre), by);
        sum = hn::Add(sum, g);
        product = hn::MulAdd(g, normal, product);
      }
      flush(sum, d, c, count, sums.data());
      flush(product, d, c, count, products.data());
    });
  }
  const auto rows = static_cast<double>(size.pixels);
  std::vector<T> mean_sum(all);
  std::vector<T> mean_product(all);
  for (std::size_t c = 0; c < all; ++c) {
    dshift[c] = static_cast<T>(sums[c]);
    dscale[c] = static_cast<T>(products[c]);
    mean_sum[c] = static_cast<T>(sums[c] / rows);
    mean_product[c] = static_cast<T>(products[c] / rows);
  }
  for (Count first = 0; first < size.pixels; first += kRun) {
    const Count last = std::min(first + kRun, size.pixels);
    over_channels(d, channels, [&](Count c, Count count) HWY_ATTR {
      const auto centre = load(d, mean + c, count);
      const auto by = load(d, inverse.data() + c, count);
      const auto factor = hn::Mul(load(d, scale + c, count), by);
      const auto offset = load(d, mean_sum.data() + c, count);
      const auto slope = load(d, mean_product.data() + c, count);
      for (Count p = first; p < last; ++p) {
        const Count at = p * channels + c;
        const auto normal = hn::Mul(hn::Sub(load(d, x + at, count), centre), by);
        const auto gradient = passed(at, count);
        if (dadded != nullptr) store(gradient, d, dadded + at, count);
        const auto g = hn::NegMulAdd(normal, slope, hn::Sub(gradient, offset));
        store(hn::Mul(factor, g), d, dx + at, count);
      }
    });
  }
}

// HWY_EXPORT takes functions, not templates.
#define REPRISE_NAMED(T, S)                                                                               \
  void moments_##S(Size size, const T* x, T* mean, T* variance) {                                         \
    moments_of(size, x, mean, variance);                                                                  \
  }                                                                                                       \
  void apply_##S(Size size, const T* x, const T* mean, const T* variance, const T* scale, const T* shift, \
                 double epsilon, const T* added, bool rectify, T* y) {                                    \
    apply_all(size, x, mean, variance, scale, shift, epsilon, added, rectify, y);                         \
  }                                                                                                       \
  void backward_##S(Size size, const T* x, const T* y, const T* dy, const T* mean, const T* variance,     \
                    const T* scale, double epsilon, T* dx, T* dscale, T* dshift, T* dadded) {             \
    backward_all(size, x, y, dy, mean, variance, scale, epsilon, dx, dscale, dshift, dadded);             \
  }
REPRISE_NAMED(float, f32)
REPRISE_NAMED(double, f64)
#undef REPRISE_NAMED

}  // namespace
}  // namespace reprise::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reprise {
#define REPRISE_EXPORT(S)  \
  HWY_EXPORT(moments_##S); \
  HWY_EXPORT(apply_##S);   \
  HWY_EXPORT(backward_##S);
REPRISE_EXPORT(f32)
REPRISE_EXPORT(f64)
#undef REPRISE_EXPORT

namespace nn::channel_norm {

#define REPRISE_DISPATCH(T, S)                                                                          \
  template <>                                                                                           \
  void moments(Size size, const T* x, T* mean, T* variance) {                                           \
    HWY_DYNAMIC_DISPATCH(moments_##S)(size, x, mean, variance);                                         \
  }                                                                                                     \
  template <>                                                                                           \
  void apply(Size size, const T* x, const T* mean, const T* variance, const T* scale, const T* shift,   \
             double epsilon, const T* added, bool rectify, T* y) {                                      \
    HWY_DYNAMIC_DISPATCH(apply_##S)(size, x, mean, variance, scale, shift, epsilon, added, rectify, y); \
  }                                                                                                     \
  template <>                                                                                           \
  void backward(Size size, const T* x, const T* y, const T* dy, const T* mean, const T* variance,       \
                const T* scale, double epsilon, T* dx, T* dscale, T* dshift, T* dadded) {               \
    HWY_DYNAMIC_DISPATCH(backward_##S)                                                                  \
    (size, x, y, dy, mean, variance, scale, epsilon, dx, dscale, dshift, dadded);                       \
  }
REPRISE_DISPATCH(float, f32)
REPRISE_DISPATCH(double, f64)
#undef REPRISE_DISPATCH

}  // namespace nn::channel_norm
}  // namespace reprise
#endif
