#include "kernels/random/blocks.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "kernels/expects.hpp"

// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/random/blocks.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include <hwy/contrib/math/math-inl.h>
// clang-format on

namespace reprise {
#ifndef REPRISE_RANDOM_BLOCKS_ONCE
#define REPRISE_RANDOM_BLOCKS_ONCE

/// Counters of a stretch of a virtual matrix, one Philox call each, as 64-bit lanes that hold 32-bit words.
/// Counter words: (column group, row low, row high, kind | stream).
struct CounterBlock {
  static constexpr std::size_t kSize = 512;
  alignas(64) std::array<std::uint64_t, kSize> group{};
  alignas(64) std::array<std::uint64_t, kSize> row{};
};

/// Which numbers a counter is for: the top two bits of its last word. 0 is the sequential generator.
enum class BlockKind : std::uint32_t { uniform = 1, normal32 = 2, normal64 = 3 };

#endif
}  // namespace reprise

HWY_BEFORE_NAMESPACE();
namespace reprise::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Lanes64 = hn::ScalableTag<std::uint64_t>;
using Words = hn::Vec<Lanes64>;
using LanesF64 = hn::ScalableTag<double>;

struct Quad {
  Words w0, w1, w2, w3;
};

/// One of ten rounds. Garbage above bit 31 is harmless until the end.
HWY_INLINE void philox_round(Quad& c, std::uint32_t k0, std::uint32_t k1) {
  const Lanes64 d64;
  const hn::Repartition<std::uint32_t, Lanes64> d32;
  const auto p0 = hn::MulEven(hn::BitCast(d32, c.w0), hn::Set(d32, 0xD2511F53U));
  const auto p1 = hn::MulEven(hn::BitCast(d32, c.w2), hn::Set(d32, 0xCD9E8D57U));
  c.w0 = hn::Xor(hn::Xor(hn::ShiftRight<32>(p1), c.w1), hn::Set(d64, std::uint64_t{k0}));
  c.w2 = hn::Xor(hn::Xor(hn::ShiftRight<32>(p0), c.w3), hn::Set(d64, std::uint64_t{k1}));
  c.w1 = p1;
  c.w3 = p0;
}

HWY_INLINE Quad counters_at(const CounterBlock& counters, std::size_t i, std::uint64_t last_word) {
  const Lanes64 d;
  const auto row = hn::Load(d, counters.row.data() + i);
  return {hn::Load(d, counters.group.data() + i), hn::And(row, hn::Set(d, std::uint64_t{0xFFFFFFFFU})),
          hn::ShiftRight<32>(row), hn::Set(d, last_word)};
}

HWY_INLINE Quad low_words(const Quad& c) {
  const auto mask = hn::Set(Lanes64(), std::uint64_t{0xFFFFFFFFU});
  return {hn::And(c.w0, mask), hn::And(c.w1, mask), hn::And(c.w2, mask), hn::And(c.w3, mask)};
}

/// Calls `use(i, words)` for as many counters from i on as there are 64-bit lanes. Two vectors' rounds are
/// made together, since each waits for its products; up to one vector more than `count` needs, within the
/// block.
template <class Use>
HWY_INLINE void for_words(const CounterBlock& counters, std::size_t count, std::uint64_t last_word,
                          const RandomKey& key, const Use& use) {
  const std::size_t lanes = hn::Lanes(Lanes64());
  for (std::size_t i = 0; i < count; i += 2 * lanes) {
    Quad a = counters_at(counters, i, last_word);
    Quad b = counters_at(counters, i + lanes, last_word);
    std::uint32_t k0 = key.words[0];
    std::uint32_t k1 = key.words[1];
    for (int round = 0; round < 10; ++round, k0 += 0x9E3779B9U, k1 += 0xBB67AE85U) {
      philox_round(a, k0, k1);
      philox_round(b, k0, k1);
    }
    use(i, low_words(a));
    use(i + lanes, low_words(b));
  }
}

/// 52 bits of (high, low) as a double in (0, 1).
HWY_INLINE hn::Vec<LanesF64> open_unit(Words high, Words low) {
  const Lanes64 d64;
  const LanesF64 df;
  const auto mantissa = hn::Or(hn::ShiftLeft<20>(high), hn::ShiftRight<12>(low));
  const auto one_to_two = hn::BitCast(df, hn::Or(mantissa, hn::Set(d64, std::uint64_t{0x3FF} << 52U)));
  return hn::Sub(one_to_two, hn::Set(df, 1.0 - 0x1.0p-53));
}

/// Four normals a counter.
void normals32(const CounterBlock& counters, std::size_t count, std::uint64_t last_word, const RandomKey& key,
               float* HWY_RESTRICT out) {
  const Lanes64 d64;
  const hn::Repartition<float, Lanes64> df;
  const hn::Repartition<std::int32_t, Lanes64> di;
  const hn::Repartition<std::uint32_t, Lanes64> du;
  for_words(counters, count, last_word, key, [&](std::size_t i, const Quad& w) HWY_ATTR {
    const auto radius_bits = hn::BitCast(du, hn::Or(w.w0, hn::ShiftLeft<32>(w.w1)));
    const auto angle_bits = hn::BitCast(di, hn::Or(w.w2, hn::ShiftLeft<32>(w.w3)));
    const auto whole = hn::ConvertTo(df, hn::BitCast(di, hn::ShiftRight<1>(radius_bits)));
    const auto u = hn::Mul(hn::Add(whole, hn::Set(df, 0.5F)), hn::Set(df, 0x1.0p-31F));
    const auto radius = hn::Sqrt(hn::Mul(hn::Set(df, -2.0F), hn::Log(df, u)));
    const auto angle = hn::Mul(hn::ConvertTo(df, angle_bits), hn::Set(df, 0x1.921fb6p-30F));
    const auto first = hn::BitCast(d64, hn::Mul(radius, hn::Cos(df, angle)));
    const auto second = hn::BitCast(d64, hn::Mul(radius, hn::Sin(df, angle)));
    alignas(64) std::array<std::uint64_t, 2 * HWY_MAX_BYTES / 8> pairs;
    hn::StoreInterleaved2(first, second, d64, pairs.data());
    std::memcpy(out + 4 * i, pairs.data(), 16 * hn::Lanes(d64));
  });
}

/// Two normals a counter.
void normals64(const CounterBlock& counters, std::size_t count, std::uint64_t last_word, const RandomKey& key,
               double* HWY_RESTRICT out) {
  const LanesF64 df;
  for_words(counters, count, last_word, key, [&](std::size_t i, const Quad& w) HWY_ATTR {
    const auto radius = hn::Sqrt(hn::Mul(hn::Set(df, -2.0), hn::Log(df, open_unit(w.w0, w.w1))));
    const auto turn = hn::Sub(open_unit(w.w2, w.w3), hn::Set(df, 0.5));
    const auto angle = hn::Mul(turn, hn::Set(df, 6.283185307179586477));
    hn::StoreInterleaved2(hn::Mul(radius, hn::Cos(df, angle)), hn::Mul(radius, hn::Sin(df, angle)), df,
                          out + 2 * i);
  });
}

/// Two uniforms a counter.
void uniforms64(const CounterBlock& counters, std::size_t count, std::uint64_t last_word,
                const RandomKey& key, double* HWY_RESTRICT out) {
  const LanesF64 df;
  for_words(counters, count, last_word, key, [&](std::size_t i, const Quad& w) HWY_ATTR {
    hn::StoreInterleaved2(open_unit(w.w0, w.w1), open_unit(w.w2, w.w3), df, out + 2 * i);
  });
}

}  // namespace reprise::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reprise {
namespace {

HWY_EXPORT(normals32);
HWY_EXPORT(normals64);
HWY_EXPORT(uniforms64);

/// Walks the counters of `where` in blocks, `per_counter` numbers each, and drops what lies beyond the last
/// column.
template <std::size_t per_counter, class T, class Generate>
void fill(const RandomRows& where, BlockKind kind, std::span<T> out, const Generate& generate) {
  expects(where.stream < (1U << 30U), "a stream of random rows is below 2^30");
  expects(out.size() == where.rows * where.columns, "the output has rows * columns places");
  const std::uint64_t last_word = (static_cast<std::uint32_t>(kind) << 30U) | where.stream;
  const std::size_t groups = (where.columns + per_counter - 1) / per_counter;
  const std::size_t total = groups * where.rows;
  CounterBlock counters;
  alignas(64) std::array<T, CounterBlock::kSize * per_counter> numbers;
  const bool whole = where.columns % per_counter == 0;  // no counter's numbers lie beyond the last column
  std::size_t ahead_row = 0;
  std::size_t ahead_group = 0;
  std::size_t group = 0;
  T* to = out.data();
  for (std::size_t done = 0; done < total;) {
    const std::size_t count = std::min(CounterBlock::kSize, total - done);
    for (std::size_t i = 0; i < count;) {  // counters of a row at a time
      const std::size_t run = std::min(count - i, groups - ahead_group);
      for (std::size_t k = 0; k < run; ++k) {
        counters.group[i + k] = ahead_group + k;
        counters.row[i + k] = where.first_row + ahead_row;
      }
      i += run;
      ahead_group += run;
      if (ahead_group == groups) {
        ahead_group = 0;
        ++ahead_row;
      }
    }
    generate(counters, count, last_word, where.key, numbers.data());
    if (whole) {
      to = std::copy_n(numbers.data(), count * per_counter, to);
    } else {
      for (std::size_t i = 0; i < count; ++i) {
        const std::size_t width = std::min(per_counter, where.columns - group * per_counter);
        to = std::copy_n(numbers.data() + i * per_counter, width, to);
        group = group + 1 == groups ? 0 : group + 1;
      }
    }
    done += count;
  }
}

}  // namespace

void fill_normal(const RandomRows& where, std::span<float> out) {
  fill<4>(where, BlockKind::normal32, out, HWY_DYNAMIC_DISPATCH(normals32));
}

void fill_normal(const RandomRows& where, std::span<double> out) {
  fill<2>(where, BlockKind::normal64, out, HWY_DYNAMIC_DISPATCH(normals64));
}

void fill_uniform(const RandomRows& where, std::span<double> out) {
  fill<2>(where, BlockKind::uniform, out, HWY_DYNAMIC_DISPATCH(uniforms64));
}

}  // namespace reprise
#endif
