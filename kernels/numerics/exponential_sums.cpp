#include "kernels/numerics/exponential_sums.hpp"

#include <cstddef>

#include "kernels/expects.hpp"

// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/numerics/exponential_sums.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include <hwy/contrib/math/math-inl.h>
#include "kernels/partial_vectors-inl.hpp"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace reprise::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Lanes = hn::ScalableTag<double>;

DepletionSums depletion_sums(const double* HWY_RESTRICT exponent, const double* HWY_RESTRICT weight,
                             std::size_t count, double shift) {
  const Lanes d;
  auto depletion = hn::Zero(d);
  auto pairs = hn::Zero(d);
  const auto one = hn::Set(d, 1.0);
  const auto offset = hn::Set(d, shift);
  for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
    const auto present = hn::FirstN(d, count - i);
    const auto p = load_part(d, weight + i, count - i);
    // Absent lanes count as x = 0: beyond a shift of 350 their x^2 would be infinite, and 0 times that no
    // number.
    const auto x =
        hn::IfThenElseZero(present, hn::Exp(d, hn::Add(offset, load_part(d, exponent + i, count - i))));
    const auto survives = hn::Exp(d, hn::Neg(x));
    depletion = hn::MulAdd(p, hn::Sub(one, survives), depletion);
    pairs = hn::MulAdd(hn::Mul(p, survives), hn::Mul(x, x), pairs);
  }
  return {hn::GetLane(hn::SumOfLanes(d, depletion)), hn::GetLane(hn::SumOfLanes(d, pairs))};
}

WeightSums weight_sums(const double* HWY_RESTRICT x, std::size_t count, double origin, double precision) {
  const Lanes d;
  auto sum = hn::Zero(d);
  auto squares = hn::Zero(d);
  auto excess = hn::Zero(d);
  const auto start = hn::Set(d, origin);
  const auto slope = hn::Set(d, -precision);
  const auto least = hn::Set(d, -700.0);
  for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
    const auto present = hn::FirstN(d, count - i);
    const auto beyond = hn::Sub(load_part(d, x + i, count - i), start);
    const auto exponent = hn::Mul(beyond, slope);
    const auto w = hn::IfThenElseZero(hn::And(present, hn::Ge(exponent, least)), hn::Exp(d, exponent));
    sum = hn::Add(sum, w);
    squares = hn::MulAdd(w, w, squares);
    excess = hn::MulAdd(w, beyond, excess);
  }
  return {hn::GetLane(hn::SumOfLanes(d, sum)), hn::GetLane(hn::SumOfLanes(d, squares)),
          hn::GetLane(hn::SumOfLanes(d, excess))};
}

}  // namespace reprise::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reprise {
namespace {

HWY_EXPORT(depletion_sums);
HWY_EXPORT(weight_sums);

}  // namespace

DepletionSums depletion_sums(std::span<const double> exponent, std::span<const double> weight, double shift) {
  expects(exponent.size() == weight.size(), "each exponent has a weight");
  return HWY_DYNAMIC_DISPATCH(depletion_sums)(exponent.data(), weight.data(), exponent.size(), shift);
}

WeightSums weight_sums(std::span<const double> x, double origin, double precision) {
  return HWY_DYNAMIC_DISPATCH(weight_sums)(x.data(), x.size(), origin, precision);
}

}  // namespace reprise
#endif
