#include "kernels/tensor/integer_loops.hpp"

// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/tensor/integer_loops.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace reprise::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {

using Count = std::int64_t;
using I = hn::ScalableTag<std::int32_t>;
using D = hn::RebindToFloat<I>;

using nn::integer_loops::Sums;

void real_row(const Sums& from, Count row, float* y) {
  const I i;
  const D d;
  const auto* const sums = from.sums + row * from.columns;
  const std::int32_t row_sum = from.zero == nullptr ? 0 : from.row_sum[row];
  const auto times = hn::Set(i, row_sum);
  const auto lanes = static_cast<Count>(hn::Lanes(i));
  Count at = 0;
  for (; at + lanes <= from.columns; at += lanes) {
    auto sum = hn::LoadU(i, sums + at);
    if (from.shift != nullptr) sum = hn::Sub(sum, hn::LoadU(i, from.shift + at));
    if (from.zero != nullptr) sum = hn::Sub(sum, hn::Mul(hn::LoadU(i, from.zero + at), times));
    auto value = hn::Mul(hn::ConvertTo(d, sum), hn::LoadU(d, from.unit + at));
    if (from.bias != nullptr) value = hn::Add(value, hn::LoadU(d, from.bias + at));
    if (from.add) value = hn::Add(value, hn::LoadU(d, y + at));
    hn::StoreU(value, d, y + at);
  }
  for (; at < from.columns; ++at) {
    std::int32_t sum = sums[at];
    if (from.shift != nullptr) sum -= from.shift[at];
    if (from.zero != nullptr) sum -= from.zero[at] * row_sum;
    float value = static_cast<float>(sum) * from.unit[at];
    if (from.bias != nullptr) value += from.bias[at];
    y[at] = from.add ? value + y[at] : value;
  }
}

void real_rows(const Sums& from, float* y, Count stride) {
  for (Count row = 0; row < from.rows; ++row) real_row(from, row, y + row * stride);
}

void add_sums(Count count, const std::int32_t* x, std::int32_t* sums) {
  const I i;
  const auto lanes = static_cast<Count>(hn::Lanes(i));
  Count at = 0;
  for (; at + lanes <= count; at += lanes)
    hn::StoreU(hn::Add(hn::LoadU(i, sums + at), hn::LoadU(i, x + at)), i, sums + at);
  for (; at < count; ++at) sums[at] += x[at];
}

void byte_of_codes(Count count, int bits, const std::int32_t* codes, std::uint8_t* bytes) {
  const I i;
  const hn::Rebind<std::uint8_t, I> u8;
  const auto lanes = static_cast<Count>(hn::Lanes(i));
  const auto mask = hn::Set(i, 255);
  Count at = 0;
  for (; at + lanes <= count; at += lanes)
    hn::StoreU(hn::DemoteTo(u8, hn::And(hn::ShiftRightSame(hn::LoadU(i, codes + at), bits), mask)), u8,
               bytes + at);
  for (; at < count; ++at) bytes[at] = static_cast<std::uint8_t>((codes[at] >> bits) & 255);
}

}  // namespace
}  // namespace reprise::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reprise {
HWY_EXPORT(real_rows);
HWY_EXPORT(add_sums);
HWY_EXPORT(byte_of_codes);

namespace nn::integer_loops {

void to_real(const Sums& from, float* y, std::int64_t stride) {
  HWY_DYNAMIC_DISPATCH(real_rows)(from, y, stride);
}

void add(std::int64_t count, const std::int32_t* x, std::int32_t* sums) {
  HWY_DYNAMIC_DISPATCH(add_sums)(count, x, sums);
}

void byte_of(std::int64_t count, int place, const std::int32_t* codes, std::uint8_t* bytes) {
  HWY_DYNAMIC_DISPATCH(byte_of_codes)(count, 8 * place, codes, bytes);
}

}  // namespace nn::integer_loops
}  // namespace reprise
#endif
