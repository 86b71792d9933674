#include "kernels/quantise/loops.hpp"

#include <algorithm>
#include <cstring>

// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/quantise/loops.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include "kernels/partial_vectors-inl.hpp"
#include "kernels/quantise/kinds-inl.hpp"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace reprise::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {

using nn::QuantizerKind;
using nn::quantise_loops::View;
using Count = std::int64_t;

Count lanes() {
  return static_cast<Count>(hn::Lanes(D()));
}

/// Calls visit(what the kind does).
template <class Visit>
HWY_INLINE void with_kind(const View& view, const Visit& visit) {
  switch (view.kind) {
    case QuantizerKind::none:
      return;
    case QuantizerKind::symmetric:
      return visit(Symmetric(view.bits));
    case QuantizerKind::asymmetric:
      return visit(Asymmetric(view.bits));
    case QuantizerKind::log2:
      return visit(Log2(view.bits));
    case QuantizerKind::log_sqrt2:
      return visit(LogSqrt2(view.bits));
    case QuantizerKind::sign_regions:
      return visit(SignRegions(view.bits));
    case QuantizerKind::magnitude_regions:
      return visit(MagnitudeRegions(view.bits));
    case QuantizerKind::probability_regions:
      return visit(ProbabilityRegions(view.bits));
    case QuantizerKind::twin_probabilities:
      return visit(TwinProbabilities(view.bits));
  }
}

V number_of(const float* numbers, Count group) {
  return numbers == nullptr ? hn::Zero(D()) : hn::Set(D(), numbers[group]);
}

Numbers numbers_of(const View& view, Count group) {
  return {number_of(view.scale, group), number_of(view.zero, group), number_of(view.outer, group)};
}

V numbers_at(const float* numbers, Count group, Count count) {
  const D d;
  if (numbers == nullptr) return hn::Zero(d);
  // Lanes beyond the last group are divided by, too.
  return count == lanes() ? hn::LoadU(d, numbers + group)
                          : hn::IfThenElse(hn::FirstN(d, static_cast<std::size_t>(count)),
                                           load_part(d, numbers + group, static_cast<std::size_t>(count)),
                                           hn::Set(d, 1.0F));
}

Numbers numbers_at(const View& view, Count group, Count count) {
  return {numbers_at(view.scale, group, count), numbers_at(view.zero, group, count),
          numbers_at(view.outer, group, count)};
}

V load(const float* from, Count count) {
  return load_part(D(), from, static_cast<std::size_t>(count));
}

/// Calls visit(first element, how many, their numbers) for vectors of elements.
template <class Visit>
HWY_INLINE void over(const View& view, Count count, const Visit& visit) {
  const auto [groups, inner] = view.grouping;
  const Count step = lanes();
  if (groups > 1 && inner == 1) {
    for (Count row = 0; row < count; row += groups)
      for (Count c = 0; c < groups; c += step) {
        const Count here = std::min(step, groups - c);
        visit(row + c, here, numbers_at(view, c, here));
      }
    return;
  }
  const Count run = groups > 1 ? inner : count;
  for (Count first = 0, group = 0; first < count; first += run, group = (group + 1) % groups) {
    const Numbers numbers = numbers_of(view, group);
    const Count end = first + run;
    Count at = first;
    for (; at + step <= end; at += step) visit(at, step, numbers);
    if (at < end) visit(at, end - at, numbers);
  }
}

void values(const View& view, Count count, const float* x, float* y) {
  with_kind(view, [&](const auto& kind) HWY_ATTR {
    over(view, count, [&](Count at, Count here, const Numbers& numbers) HWY_ATTR {
      const D d;
      const V result = value(kind, load(x + at, here), numbers);
      store_part(result, d, y + at, static_cast<std::size_t>(here));
    });
  });
}

void codes(const View& view, Count count, const float* x, const std::int32_t* offset, std::int32_t* to) {
  with_kind(view, [&](const auto& kind) HWY_ATTR {
    over(view, count, [&](Count at, Count here, const Numbers& numbers) HWY_ATTR {
      const I i;
      const auto result = code(kind, load(x + at, here), numbers);
      store_part(result, i, to + at, static_cast<std::size_t>(here));
    });
  });
  const auto [groups, inner] = view.grouping;
  for (Count at = 0, group = 0; at < count; group = (group + 1) % groups) {
    const Count end = groups > 1 ? at + inner : count;
    for (; at < end; ++at) to[at] += offset[group];
  }
}

using Wide = hn::Repartition<double, D>;

struct Sums {
  hn::Vec<Wide> lower;
  hn::Vec<Wide> upper;

  /// Products of two numbers of 24 bits are exact in double.
  HWY_INLINE void add_square(V error) {
    const hn::Half<D> half;
    const Wide wide;
    const auto low = hn::PromoteTo(wide, hn::LowerHalf(half, error));
    const auto high = hn::PromoteTo(wide, hn::UpperHalf(half, error));
    lower = hn::MulAdd(low, low, lower);
    upper = hn::MulAdd(high, high, upper);
  }
};

double squared_error(const View& view, Count count, const float* x) {
  const Wide wide;
  Sums sums{hn::Zero(wide), hn::Zero(wide)};
  with_kind(view, [&](const auto& kind) HWY_ATTR {
    over(view, count, [&](Count at, Count here, const Numbers& numbers) HWY_ATTR {
      const D d;
      const V from = load(x + at, here);
      const V error = hn::Sub(from, value(kind, from, numbers));
      sums.add_square(
          here == lanes() ? error : hn::IfThenElseZero(hn::FirstN(d, static_cast<std::size_t>(here)), error));
    });
  });
  return hn::GetLane(hn::SumOfLanes(wide, hn::Add(sums.lower, sums.upper)));
}

void column_errors(const View& view, Count rows, Count columns, const float* x, double* to) {
  const Wide wide;
  const auto half = static_cast<Count>(hn::Lanes(wide));
  with_kind(view, [&](const auto& kind) HWY_ATTR {
    const Numbers numbers = numbers_of(view, 0);
    for (Count c = 0; c < columns; c += lanes()) {
      const Count here = std::min(lanes(), columns - c);
      Sums sums{hn::Zero(wide), hn::Zero(wide)};
      for (Count row = 0; row < rows; ++row) {
        const V from = load(x + row * columns + c, here);
        sums.add_square(hn::Sub(from, value(kind, from, numbers)));
      }
      HWY_ALIGN double lane[HWY_MAX_BYTES / sizeof(float)];
      hn::Store(sums.lower, wide, lane);
      hn::Store(sums.upper, wide, lane + half);
      for (Count k = 0; k < here; ++k) to[c + k] += lane[k];
    }
  });
}

}  // namespace
}  // namespace reprise::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reprise {
HWY_EXPORT(values);
HWY_EXPORT(codes);
HWY_EXPORT(squared_error);
HWY_EXPORT(column_errors);

namespace nn::quantise_loops {

void values(const View& view, std::int64_t count, const float* x, float* y) {
  if (count == 0) return;
  if (view.kind == QuantizerKind::none)
    std::memmove(y, x, static_cast<std::size_t>(count) * sizeof(float));  // they may be the same
  else
    HWY_DYNAMIC_DISPATCH(values)(view, count, x, y);
}

void codes(const View& view, std::int64_t count, const float* x, const std::int32_t* offset,
           std::int32_t* code) {
  HWY_DYNAMIC_DISPATCH(codes)(view, count, x, offset, code);
}

double squared_error(const View& view, std::int64_t count, const float* x) {
  return HWY_DYNAMIC_DISPATCH(squared_error)(view, count, x);
}

void column_errors(const View& view, std::int64_t rows, std::int64_t columns, const float* x, double* sums) {
  HWY_DYNAMIC_DISPATCH(column_errors)(view, rows, columns, x, sums);
}

}  // namespace nn::quantise_loops
}  // namespace reprise
#endif
