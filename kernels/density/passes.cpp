#include "kernels/density/passes.hpp"

#include "kernels/expects.hpp"

// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/density/passes.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace reprise::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// 2^f on [-1/2, 1/2], and the place of the exponent in a floating-point number.
template <class T>
struct PowerOfTwo;

template <>
struct PowerOfTwo<float> {
  static constexpr int kMantissa = 23;
  static constexpr float kRounder = 0x1.8p23F;
  static constexpr double kLeast = 126.0;  // 2^-126 is the least normal number
  // Least relative error for degree 6: 1.9e-9.
  static constexpr float kCoefficient[] = {1.0F,          0.6931472057F, 0.2402264689F, 0.0555032878F,
                                           0.0096184890F, 0.0013399931F, 0.0001534581F};
};

template <>
struct PowerOfTwo<double> {
  static constexpr int kMantissa = 52;
  static constexpr double kRounder = 0x1.8p52;
  static constexpr double kLeast = 1022.0;
  // (log 2)^k / k!: the remainder at 1/2 is 4e-18.
  static constexpr double kCoefficient[] = {1.0,
                                            0.69314718055994531,
                                            0.24022650695910071,
                                            0.055504108664821580,
                                            0.0096181291076284772,
                                            0.0013333558146428443,
                                            0.00015403530393381609,
                                            1.5252733804059840e-05,
                                            1.3215486790144309e-06,
                                            1.0178086009239699e-07,
                                            7.0549116208011233e-09,
                                            4.4455382718708114e-10,
                                            2.5678435993488202e-11,
                                            1.3691488853904129e-12};
};

/// exp(-precision x) for x >= 0, clamped at the least normal number: the argument is reduced with
/// precision/log 2 in two parts, so that rounding it costs nothing however large it is.
template <class D>
class Weight {
  using T = hn::TFromD<D>;
  using V = hn::Vec<D>;
  using P = PowerOfTwo<T>;

 public:
  explicit Weight(double precision) {
    const double scaled = precision * 1.4426950408889634;
    high_ = static_cast<T>(scaled);
    low_ = sizeof(T) == 4 ? static_cast<T>(scaled - static_cast<double>(high_)) : T{0};
    // Half an octave less, so that the rounded exponent stays above the least.
    farthest_ = static_cast<T>((P::kLeast - 0.75) / scaled);
  }

  [[nodiscard]] HWY_INLINE V clamp(D d, V x) const { return hn::Min(x, hn::Set(d, farthest_)); }

  [[nodiscard]] HWY_INLINE V operator()(D d, V clamped) const {
    const V rounder = hn::Set(d, P::kRounder);
    const V shifted = hn::NegMulAdd(clamped, hn::Set(d, high_), rounder);
    const V whole = hn::Sub(shifted, rounder);
    V f = hn::NegMulSub(clamped, hn::Set(d, high_), whole);
    f = hn::NegMulAdd(clamped, hn::Set(d, low_), f);
    constexpr int kDegree = static_cast<int>(sizeof(P::kCoefficient) / sizeof(T)) - 1;
    V y = hn::Set(d, P::kCoefficient[kDegree]);
    for (int i = kDegree - 1; i >= 0; --i) {
      y = hn::MulAdd(y, f, hn::Set(d, P::kCoefficient[i]));
    }
    const hn::RebindToUnsigned<D> du;
    const auto exponent = hn::ShiftLeft<P::kMantissa>(hn::BitCast(du, shifted));
    return hn::BitCast(d, hn::Add(hn::BitCast(du, y), exponent));
  }

 private:
  T high_;
  T low_;
  T farthest_;
};

HWY_INLINE double total(hn::ScalableTag<double> d, hn::Vec<hn::ScalableTag<double>> v) {
  return hn::GetLane(hn::SumOfLanes(d, v));
}

HWY_INLINE double total(hn::ScalableTag<float> d, hn::Vec<hn::ScalableTag<float>> v) {
  const hn::ScalableTag<double> wide;
  const hn::Half<decltype(d)> half;
  return total(wide, hn::Add(hn::PromoteTo(wide, hn::LowerHalf(half, v)),
                             hn::PromoteTo(wide, hn::UpperHalf(half, v))));
}

template <class T, std::size_t kLength, bool kExcess>
HWY_INLINE void sum_chain_of(const T* HWY_RESTRICT distance, T nearest, double precision, ChainSums& sums) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  const Weight<decltype(d)> weight(precision);
  const V least = hn::Set(d, nearest);
  V sum[kLength + 1];
  V excess[kLength];
  for (std::size_t i = 0; i < kLength; ++i) {
    sum[i] = hn::Zero(d);
    excess[i] = hn::Zero(d);
  }
  sum[kLength] = hn::Zero(d);
  // No weight worth adding lies beyond 88: the whole vector is skipped.
  const V far = hn::Set(d, static_cast<T>((sizeof(T) == 4 ? 88.0 : 700.0) / precision));
  for (std::size_t j = 0; j < kTile; j += hn::Lanes(d)) {
    const V beyond = hn::Sub(hn::Load(d, distance + j), least);
    if (hn::AllTrue(d, hn::Gt(beyond, far))) {
      continue;
    }
    const V x = weight.clamp(d, beyond);
    V w = weight(d, x);
    for (std::size_t i = 0; i < kLength; ++i) {
      sum[i] = hn::Add(sum[i], w);
      if constexpr (kExcess) {
        excess[i] = hn::MulAdd(w, x, excess[i]);
      }
      w = hn::Mul(w, w);
    }
    sum[kLength] = hn::Add(sum[kLength], w);
  }
  for (std::size_t i = 0; i < kLength; ++i) {
    sums.sum[i] = total(d, sum[i]);
    sums.excess[i] = kExcess ? total(d, excess[i]) : 0.0;
  }
  sums.sum[kLength] = total(d, sum[kLength]);
}

template <class T, bool kExcess>
HWY_INLINE void sum_chain_up_to(const T* distance, T nearest, double precision, std::size_t length,
                                ChainSums& sums) {
  if (length == 1) {
    sum_chain_of<T, 1, kExcess>(distance, nearest, precision, sums);
  } else if (length == 2) {
    sum_chain_of<T, 2, kExcess>(distance, nearest, precision, sums);
  } else if (length <= 4) {
    sum_chain_of<T, 4, kExcess>(distance, nearest, precision, sums);
  } else {
    sum_chain_of<T, 8, kExcess>(distance, nearest, precision, sums);
  }
}

template <class T>
HWY_INLINE void sum_chain_any(const T* distance, T nearest, double precision, std::size_t length,
                              bool with_excess, ChainSums& sums) {
  if (with_excess) {
    sum_chain_up_to<T, true>(distance, nearest, precision, length, sums);
  } else {
    sum_chain_up_to<T, false>(distance, nearest, precision, length, sums);
  }
}

void sum_chain32(const float* distance, float nearest, double precision, std::size_t length, bool with_excess,
                 ChainSums& sums) {
  sum_chain_any(distance, nearest, precision, length, with_excess, sums);
}

void sum_chain64(const double* distance, double nearest, double precision, std::size_t length,
                 bool with_excess, ChainSums& sums) {
  sum_chain_any(distance, nearest, precision, length, with_excess, sums);
}

/// kQueries x 2 vectors of accumulators stay in registers over all coordinates.
template <class T, std::size_t kQueries>
HWY_INLINE void squared_distances_of(const T* HWY_RESTRICT query, const T* HWY_RESTRICT tile, std::size_t dim,
                                     T* HWY_RESTRICT distance) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t j = 0; j < kTile; j += 2 * lanes) {
    V left[kQueries];
    V right[kQueries];
    for (std::size_t q = 0; q < kQueries; ++q) {
      left[q] = hn::Zero(d);
      right[q] = hn::Zero(d);
    }
    for (std::size_t a = 0; a < dim; ++a) {
      const V y0 = hn::Load(d, tile + a * kTile + j);
      const V y1 = hn::Load(d, tile + a * kTile + j + lanes);
      for (std::size_t q = 0; q < kQueries; ++q) {
        const V x = hn::Set(d, query[q * dim + a]);
        const V step0 = hn::Sub(x, y0);
        const V step1 = hn::Sub(x, y1);
        left[q] = hn::MulAdd(step0, step0, left[q]);
        right[q] = hn::MulAdd(step1, step1, right[q]);
      }
    }
    for (std::size_t q = 0; q < kQueries; ++q) {
      hn::Store(left[q], d, distance + q * kTile + j);
      hn::Store(right[q], d, distance + q * kTile + j + lanes);
    }
  }
}

template <class T>
HWY_INLINE void squared_distances_any(const T* query, std::size_t queries, const T* tile, std::size_t dim,
                                      T* distance) {
  if (queries == 4) {
    squared_distances_of<T, 4>(query, tile, dim, distance);
    return;
  }
  for (std::size_t q = 0; q < queries; ++q) {
    squared_distances_of<T, 1>(query + q * dim, tile, dim, distance + q * kTile);
  }
}

void squared_distances32(const float* query, std::size_t queries, const float* tile, std::size_t dim,
                         float* distance) {
  squared_distances_any(query, queries, tile, dim, distance);
}

void squared_distances64(const double* query, std::size_t queries, const double* tile, std::size_t dim,
                         double* distance) {
  squared_distances_any(query, queries, tile, dim, distance);
}

void distances_from_products32(float query_norm, const float* HWY_RESTRICT point_norm,
                               float* HWY_RESTRICT product) {
  const hn::ScalableTag<float> d;
  const auto norm = hn::Set(d, query_norm);
  for (std::size_t j = 0; j < kTile; j += hn::Lanes(d)) {
    const auto squared = hn::Add(norm, hn::Add(hn::Load(d, point_norm + j), hn::Load(d, product + j)));
    hn::Store(hn::Max(squared, hn::Zero(d)), d, product + j);
  }
}

template <class T>
HWY_INLINE T tile_minimum_of(const T* HWY_RESTRICT distance) {
  const hn::ScalableTag<T> d;
  auto least = hn::Load(d, distance);
  for (std::size_t j = hn::Lanes(d); j < kTile; j += hn::Lanes(d)) {
    least = hn::Min(least, hn::Load(d, distance + j));
  }
  return hn::GetLane(hn::MinOfLanes(d, least));
}

float tile_minimum32(const float* distance) {
  return tile_minimum_of(distance);
}
double tile_minimum64(const double* distance) {
  return tile_minimum_of(distance);
}

template <class T>
HWY_INLINE std::size_t places_below_of(const T* HWY_RESTRICT distance, T bound,
                                       std::array<std::uint32_t, kTile>& places) {
  const hn::ScalableTag<T> d;
  const auto limit = hn::Set(d, bound);
  std::size_t found = 0;
  for (std::size_t j = 0; j < kTile; j += hn::Lanes(d)) {
    if (hn::AllFalse(d, hn::Lt(hn::Load(d, distance + j), limit))) {
      continue;
    }
    for (std::size_t lane = j; lane < j + hn::Lanes(d); ++lane) {
      if (distance[lane] < bound) {
        places[found++] = static_cast<std::uint32_t>(lane);
      }
    }
  }
  return found;
}

std::size_t places_below32(const float* distance, float bound, std::array<std::uint32_t, kTile>& places) {
  return places_below_of(distance, bound, places);
}

std::size_t places_below64(const double* distance, double bound, std::array<std::uint32_t, kTile>& places) {
  return places_below_of(distance, bound, places);
}

}  // namespace reprise::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reprise {

HWY_EXPORT(sum_chain32);
HWY_EXPORT(sum_chain64);
HWY_EXPORT(squared_distances32);
HWY_EXPORT(squared_distances64);
HWY_EXPORT(distances_from_products32);
HWY_EXPORT(tile_minimum32);
HWY_EXPORT(tile_minimum64);
HWY_EXPORT(places_below32);
HWY_EXPORT(places_below64);

template <>
void sum_chain(const float* distance, float nearest, double precision, std::size_t length, bool with_excess,
               ChainSums& sums) {
  HWY_DYNAMIC_DISPATCH(sum_chain32)(distance, nearest, precision, length, with_excess, sums);
}

template <>
void sum_chain(const double* distance, double nearest, double precision, std::size_t length, bool with_excess,
               ChainSums& sums) {
  HWY_DYNAMIC_DISPATCH(sum_chain64)(distance, nearest, precision, length, with_excess, sums);
}

template <>
void squared_distances(const float* query, std::size_t queries, const float* tile, std::size_t dim,
                       float* distance) {
  expects(queries <= 4, "distances are taken for up to four queries at once");
  HWY_DYNAMIC_DISPATCH(squared_distances32)(query, queries, tile, dim, distance);
}

template <>
void squared_distances(const double* query, std::size_t queries, const double* tile, std::size_t dim,
                       double* distance) {
  expects(queries <= 4, "distances are taken for up to four queries at once");
  HWY_DYNAMIC_DISPATCH(squared_distances64)(query, queries, tile, dim, distance);
}

void distances_from_products(float query_norm, const float* point_norm, float* product) {
  HWY_DYNAMIC_DISPATCH(distances_from_products32)(query_norm, point_norm, product);
}

template <>
float tile_minimum(const float* distance) {
  return HWY_DYNAMIC_DISPATCH(tile_minimum32)(distance);
}

template <>
double tile_minimum(const double* distance) {
  return HWY_DYNAMIC_DISPATCH(tile_minimum64)(distance);
}

template <>
std::size_t places_below(const float* distance, float bound, std::array<std::uint32_t, kTile>& places) {
  return HWY_DYNAMIC_DISPATCH(places_below32)(distance, bound, places);
}

template <>
std::size_t places_below(const double* distance, double bound, std::array<std::uint32_t, kTile>& places) {
  return HWY_DYNAMIC_DISPATCH(places_below64)(distance, bound, places);
}

}  // namespace reprise
#endif
