#include "kernels/quantise/ranges.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "kernels/expects.hpp"

// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/quantise/ranges.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace reprise::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {

using nn::Range;
using Count = std::int64_t;
using D = hn::ScalableTag<float>;

Count lanes() {
  return static_cast<Count>(hn::Lanes(D()));
}

/// Widens `range` by a run of elements.
void widen(Count count, const float* x, Range& range) {
  const D d;
  auto low = hn::Set(d, range.low);
  auto high = hn::Set(d, range.high);
  Count at = 0;
  for (; at + lanes() <= count; at += lanes()) {
    const auto here = hn::LoadU(d, x + at);
    low = hn::Min(here, low);  // of what is no number, x86 takes the second
    high = hn::Max(here, high);
  }
  range = {hn::GetLane(hn::MinOfLanes(d, low)), hn::GetLane(hn::MaxOfLanes(d, high))};
  for (; at < count; ++at) range = {std::min(range.low, x[at]), std::max(range.high, x[at])};
}

/// low[c] and high[c] by x [rows, columns].
void widen_columns(Count rows, Count columns, const float* x, float* low, float* high) {
  const D d;
  for (Count row = 0; row < rows; ++row, x += columns) {
    Count c = 0;
    for (; c + lanes() <= columns; c += lanes()) {
      const auto here = hn::LoadU(d, x + c);
      hn::StoreU(hn::Min(here, hn::LoadU(d, low + c)), d, low + c);
      hn::StoreU(hn::Max(here, hn::LoadU(d, high + c)), d, high + c);
    }
    for (; c < columns; ++c) {
      low[c] = std::min(low[c], x[c]);
      high[c] = std::max(high[c], x[c]);
    }
  }
}

bool all_finite(Count count, const float* x) {
  const D d;
  auto sum = hn::Zero(d);  // of zeros, but of no number where x is infinite or no number
  Count at = 0;
  for (; at + lanes() <= count; at += lanes()) {
    const auto here = hn::LoadU(d, x + at);
    sum = hn::Add(sum, hn::Sub(here, here));
  }
  bool finite = hn::GetLane(hn::SumOfLanes(d, sum)) == 0;
  for (; at < count; ++at) finite = finite && std::isfinite(x[at]);
  return finite;
}

}  // namespace
}  // namespace reprise::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reprise {
HWY_EXPORT(widen);
HWY_EXPORT(widen_columns);
HWY_EXPORT(all_finite);

namespace nn {
namespace {

/// The value at `place` of the sorted order, linear between neighbours.
float order_statistic(std::vector<float>& values, double place) {
  const auto below = static_cast<std::size_t>(place);
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(below);
  std::ranges::nth_element(values, middle);
  const auto low = static_cast<double>(*middle);
  const double fraction = place - static_cast<double>(below);
  if (fraction == 0) return *middle;
  const auto high = static_cast<double>(*std::min_element(middle + 1, values.end()));
  return static_cast<float>(low + fraction * (high - low));
}

double most_code(std::int32_t bits) {
  expects(bits >= 2 && bits <= 16, "a quantizer has 2 to 16 bits");
  return std::exp2(bits) - 1;
}

}  // namespace

Range merged(const Range& a, const Range& b) {
  return {std::min(a.low, b.low), std::max(a.high, b.high)};
}

float magnitude(const Range& range) {
  return range.low > range.high ? 0.0F : std::max(-range.low, range.high);
}

std::vector<Range> ranges(const Grouping& grouping, std::span<const float> x) {
  const auto [groups, inner] = grouping;
  const auto count = static_cast<std::int64_t>(x.size());
  expects(groups >= 1 && inner >= 1, "a grouping has at least one group of one element");
  if (groups == 1) return {range(x)};
  expects(count % (groups * inner) == 0, "elements of a grouped tensor are whole rounds of its groups");
  std::vector<Range> result(static_cast<std::size_t>(groups));
  if (inner == 1) {
    std::vector<float> low(result.size(), Range().low);
    std::vector<float> high(result.size(), Range().high);
    HWY_DYNAMIC_DISPATCH(widen_columns)(count / groups, groups, x.data(), low.data(), high.data());
    for (std::size_t g = 0; g < result.size(); ++g) result[g] = {low[g], high[g]};
    return result;
  }
  for (std::int64_t first = 0; first < count; first += inner) HWY_DYNAMIC_DISPATCH(widen)
  (inner, x.data() + first, result[static_cast<std::size_t>(first / inner % groups)]);
  return result;
}

Range range(std::span<const float> x) {
  Range result;
  HWY_DYNAMIC_DISPATCH(widen)(static_cast<std::int64_t>(x.size()), x.data(), result);
  return result;
}

bool finite(std::span<const float> x) {
  return HWY_DYNAMIC_DISPATCH(all_finite)(static_cast<std::int64_t>(x.size()), x.data());
}

Range quantile_range(std::span<const float> x, double level) {
  expects(!x.empty(), "a quantile needs at least one value");
  expects(level >= 0.5 && level <= 1, "the level of a range of quantiles lies in [1/2, 1]");
  std::vector<float> values(x.begin(), x.end());
  const auto last = static_cast<double>(values.size() - 1);
  const float low = order_statistic(values, (1 - level) * last);
  return {low, order_statistic(values, level * last)};
}

Quantizer symmetric_quantizer(std::span<const Range> ranges, std::int32_t bits) {
  Quantizer result{QuantizerKind::symmetric, bits, {}, {}, {}};
  for (const auto& range : ranges) result.scale.push_back(symmetric_scale(magnitude(range), bits));
  return result;
}

Quantizer asymmetric_quantizer(std::span<const Range> ranges, std::int32_t bits) {
  const double most = most_code(bits);
  Quantizer result{QuantizerKind::asymmetric, bits, {}, {}, {}};
  for (const auto& range : ranges) {
    const double low = std::min(static_cast<double>(range.low), 0.0);
    const double high = std::max(static_cast<double>(range.high), 0.0);
    const double scale = std::max((high - low) / most, 1e-12);
    result.scale.push_back(static_cast<float>(scale));
    result.zero.push_back(static_cast<float>(std::clamp(std::nearbyint(-low / scale), 0.0, most)));
  }
  return result;
}

Quantizer unclamped_quantizer(std::span<const Range> ranges, std::int32_t bits) {
  const double most = most_code(bits);
  Quantizer result{QuantizerKind::asymmetric, bits, {}, {}, {}};
  for (const auto& range : ranges) {
    expects(range.low <= range.high, "an unclamped quantizer needs a range of at least one value");
    const double scale =
        std::max((static_cast<double>(range.high) - static_cast<double>(range.low)) / most, 1e-12);
    result.scale.push_back(static_cast<float>(scale));
    result.zero.push_back(static_cast<float>(std::nearbyint(-static_cast<double>(range.low) / scale)));
  }
  return result;
}

}  // namespace nn
}  // namespace reprise
#endif
