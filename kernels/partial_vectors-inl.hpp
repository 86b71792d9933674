// Vectors of which only the first lanes are in memory, compiled once for each target: included after Highway.
#if defined(REPRISE_KERNELS_PARTIAL_VECTORS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef REPRISE_KERNELS_PARTIAL_VECTORS_INL
#undef REPRISE_KERNELS_PARTIAL_VECTORS_INL
#else
#define REPRISE_KERNELS_PARTIAL_VECTORS_INL
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstddef>

HWY_BEFORE_NAMESPACE();
namespace reprise::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {

// Without AVX, Highway's masked loads and stores touch whole vectors (1.0.3: aligned ones, too), beyond the
// end of what there is; there the lanes go through memory of their own.

/// The first `count` lanes, at least one, from `from` [count]; zeros beyond.
template <class D, class T = hn::TFromD<D>>
HWY_INLINE hn::Vec<D> load_part(D d, const T* from, std::size_t count) {
  if (count >= hn::Lanes(d)) return hn::LoadU(d, from);
#if HWY_TARGET <= HWY_AVX2
  return hn::MaskedLoad(hn::FirstN(d, count), d, from);
#else
  alignas(HWY_MAX_BYTES) T lanes[HWY_MAX_BYTES / sizeof(T)] = {};
  std::copy_n(from, count, lanes);
  return hn::Load(d, lanes);
#endif
}

/// The first `count` lanes, at least one, to `to` [count].
template <class D, class T = hn::TFromD<D>>
HWY_INLINE void store_part(hn::Vec<D> v, D d, T* to, std::size_t count) {
  if (count >= hn::Lanes(d)) {
    hn::StoreU(v, d, to);
    return;
  }
#if HWY_TARGET <= HWY_AVX2
  hn::BlendedStore(v, hn::FirstN(d, count), d, to);
#else
  alignas(HWY_MAX_BYTES) T lanes[HWY_MAX_BYTES / sizeof(T)];
  hn::Store(v, d, lanes);
  std::copy_n(lanes, count, to);
#endif
}

}  // namespace
}  // namespace reprise::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
