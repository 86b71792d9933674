// What each kind of quantizer does to a vector of numbers, compiled once for each target: included by
// loops.cpp, after Highway.
#if defined(REPRISE_QUANTISE_KINDS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef REPRISE_QUANTISE_KINDS_INL
#undef REPRISE_QUANTISE_KINDS_INL
#else
#define REPRISE_QUANTISE_KINDS_INL
#endif

#include <hwy/highway.h>

#include <cstdint>
#include <limits>
#include <numbers>
#include <type_traits>

#include "kernels/quantise/quantizer.hpp"

HWY_BEFORE_NAMESPACE();
namespace reprise::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {

using D = hn::ScalableTag<float>;
using I = hn::RebindToSigned<D>;
using V = hn::Vec<D>;

HWY_INLINE V set(std::int32_t x) {
  return hn::Set(D(), static_cast<float>(x));
}

struct Numbers {
  V scale;
  V zero;
  V outer;
};

/// The value is count x step.
struct Level {
  V count;
  V step;
};

HWY_INLINE V rounded_ratio(V x, V scale) {
  return hn::Round(hn::Div(x, scale));
}

struct Symmetric {
  explicit Symmetric(std::int32_t bits) : low(set(-(1 << (bits - 1)))), high(set((1 << (bits - 1)) - 1)) {}
  Level operator()(V x, const Numbers& n) const {
    return {hn::Clamp(rounded_ratio(x, n.scale), low, high), n.scale};
  }
  V low;
  V high;
};

struct Asymmetric {
  explicit Asymmetric(std::int32_t bits) : high(set((1 << bits) - 1)) {}
  Level operator()(V x, const Numbers& n) const {
    const V code = hn::Clamp(hn::Add(rounded_ratio(x, n.scale), n.zero), hn::Zero(D()), high);
    return {hn::Sub(code, n.zero), n.scale};
  }
  V high;
};

struct SignRegions {
  explicit SignRegions(std::int32_t bits) : codes(bits) {}
  Level operator()(V x, const Numbers& n) const {
    const V step = hn::IfThenElse(hn::Lt(x, hn::Zero(D())), n.scale, n.outer);
    return {hn::Clamp(rounded_ratio(x, step), codes.low, codes.high), step};
  }
  Symmetric codes;
};

/// A bit says which region, the others are a code in it, of either sign near zero.
struct MagnitudeRegions {
  explicit MagnitudeRegions(std::int32_t bits)
      : low(set(-(1 << (bits - 2)))), near(set((1 << (bits - 2)) - 1)), far(set((1 << (bits - 1)) - 1)) {}
  Level operator()(V x, const Numbers& n) const {
    const V small = rounded_ratio(x, n.scale);
    const V large = hn::Clamp(rounded_ratio(x, n.outer), hn::Zero(D()), far);
    const auto is_near = hn::Le(small, near);
    return {hn::IfThenElse(is_near, hn::Max(small, low), large), hn::IfThenElse(is_near, n.scale, n.outer)};
  }
  V low;
  V near;
  V far;
};

struct ProbabilityRegions {
  explicit ProbabilityRegions(std::int32_t bits) : most(set((1 << (bits - 1)) - 1)) {}
  Level operator()(V x, const Numbers& n) const {
    const V small = rounded_ratio(x, n.scale);
    const V large = hn::Clamp(rounded_ratio(x, n.outer), hn::Zero(D()), most);
    const auto is_near = hn::Le(small, most);
    return {hn::IfThenElse(is_near, hn::Max(small, hn::Zero(D())), large),
            hn::IfThenElse(is_near, n.scale, n.outer)};
  }
  V most;
};

/// 2^-r with r = rint(-log2 x) as integers: no number of the type is halfway, and r goes up where x's
/// mantissa passes sqrt 2.
struct Log2 {
  explicit Log2(std::int32_t bits) : most((1 << bits) - 1) {}
  Level operator()(V x, const Numbers&) const {
    const D d;
    const I i;
    const auto up = hn::Set(i, 0x800000 - 0x3504F4);
    const auto r = hn::Sub(hn::Set(i, 127), hn::ShiftRight<23>(hn::Add(hn::BitCast(i, x), up)));
    const auto q = hn::Clamp(r, hn::Zero(i), hn::Set(i, most));
    const auto none = hn::Or(hn::RebindMask(d, hn::Gt(r, hn::Set(i, most))),
                             hn::Lt(x, hn::Set(d, std::numeric_limits<float>::min())));
    const V power = hn::BitCast(d, hn::ShiftLeft<23>(hn::Sub(hn::Set(i, 127), q)));
    return {hn::IfThenZeroElse(none, power), hn::Set(d, 1.0F)};
  }
  std::int32_t most;
};

/// 2^-(r/2) Delta with r = rint(-2 log2(x / Delta)): r falls by one where the mantissa passes 2^(1/4), by two
/// where it passes 2^(3/4).
struct LogSqrt2 {
  explicit LogSqrt2(std::int32_t bits) : most((1 << bits) - 1) {}
  Level operator()(V x, const Numbers& n) const {
    const D d;
    const I i;
    const V ratio = hn::Div(x, n.scale);
    const auto pattern = hn::BitCast(i, ratio);
    const auto mantissa = hn::And(pattern, hn::Set(i, 0x7FFFFF));
    auto r = hn::ShiftLeft<1>(hn::Sub(hn::Set(i, 127), hn::ShiftRight<23>(pattern)));
    r = hn::Add(r, hn::VecFromMask(i, hn::Gt(mantissa, hn::Set(i, 0x1837F0))));
    r = hn::Add(r, hn::VecFromMask(i, hn::Gt(mantissa, hn::Set(i, 0x5744FC))));
    const auto q = hn::Clamp(r, hn::Zero(i), hn::Set(i, most));
    const auto none = hn::Or(hn::RebindMask(d, hn::Gt(r, hn::Set(i, most))),
                             hn::Lt(ratio, hn::Set(d, std::numeric_limits<float>::min())));
    const auto halves = hn::ShiftRight<1>(hn::Add(q, hn::Set(i, 1)));
    const V power = hn::BitCast(d, hn::ShiftLeft<23>(hn::Sub(hn::Set(i, 127), halves)));
    const auto odd = hn::RebindMask(d, hn::Eq(hn::And(q, hn::Set(i, 1)), hn::Set(i, 1)));
    const V root = hn::IfThenElse(odd, hn::Set(d, std::numbers::sqrt2_v<float>), hn::Set(d, 1.0F));
    return {hn::IfThenZeroElse(none, hn::Mul(power, root)), n.scale};
  }
  std::int32_t most;
};

/// Both parts clamped at the split 2^-i = scale (2^(b-1) - 1), then added.
struct TwinProbabilities {
  explicit TwinProbabilities(std::int32_t bits) : most(set((1 << (bits - 1)) - 1)) {}
  Level operator()(V x, const Numbers& n) const {
    return {hn::Clamp(rounded_ratio(x, n.scale), hn::Zero(D()), most), n.scale};
  }
  [[nodiscard]] Level upper(V x, const Numbers& n) const {
    const D d;
    const I i;
    const auto nearest = hn::Add(hn::BitCast(i, hn::Mul(n.scale, most)), hn::Set(i, 0x400000));
    const V split = hn::BitCast(d, hn::And(nearest, hn::Set(i, 0x7F800000)));  // the power itself
    return {hn::Min(hn::Round(hn::Mul(hn::Max(x, split), most)), most), n.outer};
  }
  V most;
};

template <class Kind>
HWY_INLINE V value(const Kind& kind, V x, const Numbers& n) {
  const Level level = kind(x, n);
  V result = hn::Mul(level.count, level.step);
  if constexpr (std::is_same_v<Kind, TwinProbabilities>) {
    const Level upper = kind.upper(x, n);
    result = hn::Add(result, hn::Mul(upper.count, upper.step));
  }
  return hn::IfThenElse(hn::IsNaN(x), x, result);
}

HWY_INLINE hn::Vec<I> units(const Level& level, const Numbers& n) {
  return hn::NearestInt(hn::Mul(level.count, hn::Div(level.step, n.scale)));
}

template <class Kind>
HWY_INLINE hn::Vec<I> code(const Kind& kind, V x, const Numbers& n) {
  auto result = units(kind(x, n), n);
  if constexpr (std::is_same_v<Kind, TwinProbabilities>) result = hn::Add(result, units(kind.upper(x, n), n));
  return result;
}

}  // namespace
}  // namespace reprise::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
