#include "kernels/tensor/row_softmax.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/tensor/row_softmax.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include <hwy/contrib/math/math-inl.h>
#include "kernels/partial_vectors-inl.hpp"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace reprise::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {

using nn::row_softmax::Size;
using Count = std::int64_t;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

Count lanes() {
  return static_cast<Count>(hn::Lanes(D()));
}

/// Calls whole(column) for whole vectors of a row, part(column, how many) for the rest.
template <class Whole, class Part>
HWY_INLINE void over(Count columns, const Whole& whole, const Part& part) {
  Count at = 0;
  for (; at + lanes() <= columns; at += lanes()) whole(at);
  if (at < columns) part(at, static_cast<std::size_t>(columns - at));
}

/// Of what is no number, too: Highway's is 0 there.
HWY_INLINE V exponential(V z) {
  const D d;
  return hn::IfThenElse(hn::IsNaN(z), z, hn::Exp(d, z));
}

void forward_rows(Size size, float scale, bool logarithm, const float* x, float* y) {
  const D d;
  const auto by = hn::Set(d, scale);
  for (Count row = 0; row < size.rows; ++row, x += size.columns, y += size.columns) {
    auto most = hn::Set(d, -std::numeric_limits<float>::infinity());
    const auto lowest = most;
    over(
        size.columns, [&](Count c) HWY_ATTR { most = hn::Max(most, hn::Mul(by, hn::LoadU(d, x + c))); },
        [&](Count c, std::size_t count) HWY_ATTR {
          most = hn::Max(
              most, hn::IfThenElse(hn::FirstN(d, count), hn::Mul(by, load_part(d, x + c, count)), lowest));
        });
    most = hn::MaxOfLanes(d, most);
    auto sum = hn::Zero(d);
    over(
        size.columns,
        [&](Count c) HWY_ATTR {
          const auto z = hn::Sub(hn::Mul(by, hn::LoadU(d, x + c)), most);
          const auto e = exponential(z);
          sum = hn::Add(sum, e);
          hn::StoreU(logarithm ? z : e, d, y + c);
        },
        [&](Count c, std::size_t count) HWY_ATTR {
          const auto z = hn::Sub(hn::Mul(by, load_part(d, x + c, count)), most);
          const auto e = exponential(z);
          sum = hn::Add(sum, hn::IfThenElseZero(hn::FirstN(d, count), e));
          store_part(logarithm ? z : e, d, y + c, count);
        });
    const float total = hn::GetLane(hn::SumOfLanes(d, sum));
    const auto factor = hn::Set(d, logarithm ? 1 : 1 / total);
    const auto shift = hn::Set(d, logarithm ? -std::log(total) : 0);
    over(
        size.columns,
        [&](Count c) HWY_ATTR { hn::StoreU(hn::MulAdd(factor, hn::LoadU(d, y + c), shift), d, y + c); },
        [&](Count c, std::size_t count)
            HWY_ATTR { store_part(hn::MulAdd(factor, load_part(d, y + c, count), shift), d, y + c, count); });
  }
}

/// dx = scale y (dy - sum(y dy)), or scale (dy - exp(y) sum(dy))
void backward_rows(Size size, float scale, bool logarithm, const float* y, const float* dy, float* dx) {
  const D d;
  const auto by = hn::Set(d, scale);
  for (Count row = 0; row < size.rows; ++row, y += size.columns, dy += size.columns, dx += size.columns) {
    auto sum = hn::Zero(d);
    const auto add = [&](V value, V gradient) HWY_ATTR {
      sum = logarithm ? hn::Add(sum, gradient) : hn::MulAdd(value, gradient, sum);
    };
    over(
        size.columns, [&](Count c) HWY_ATTR { add(hn::LoadU(d, y + c), hn::LoadU(d, dy + c)); },
        [&](Count c, std::size_t count)
            HWY_ATTR { add(load_part(d, y + c, count), load_part(d, dy + c, count)); });
    sum = hn::SumOfLanes(d, sum);
    const auto change = [&](V value, V gradient) HWY_ATTR {
      return logarithm ? hn::Mul(by, hn::NegMulAdd(exponential(value), sum, gradient))
                       : hn::Mul(hn::Mul(by, value), hn::Sub(gradient, sum));
    };
    over(
        size.columns,
        [&](Count c) HWY_ATTR { hn::StoreU(change(hn::LoadU(d, y + c), hn::LoadU(d, dy + c)), d, dx + c); },
        [&](Count c, std::size_t count) HWY_ATTR {
          store_part(change(load_part(d, y + c, count), load_part(d, dy + c, count)), d, dx + c, count);
        });
  }
}

}  // namespace
}  // namespace reprise::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reprise {
HWY_EXPORT(forward_rows);
HWY_EXPORT(backward_rows);

namespace nn::row_softmax {

void forward(Size size, float scale, bool logarithm, const float* x, float* y) {
  HWY_DYNAMIC_DISPATCH(forward_rows)(size, scale, logarithm, x, y);
}

void backward(Size size, float scale, bool logarithm, const float* y, const float* dy, float* dx) {
  HWY_DYNAMIC_DISPATCH(backward_rows)(size, scale, logarithm, y, dy, dx);
}

}  // namespace nn::row_softmax
}  // namespace reprise
#endif
