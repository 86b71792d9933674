#include "kernels/gaussian/random_waves.hpp"

#include <bit>
#include <cmath>
#include <limits>
#include <numbers>

#include "kernels/expects.hpp"

// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/gaussian/random_waves.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

namespace reprise {
#ifndef REPRISE_GAUSSIAN_RANDOM_WAVES_ONCE
#define REPRISE_GAUSSIAN_RANDOM_WAVES_ONCE

/// A transform: n numbers in quarters (element e of the b-th transform of four at e n / 4 + b), out in order.
struct WaveTransform {
  const double* amplitude;
  const float* first;
  const float* second;
  const double* twiddle;
  double* real;
  double* imaginary;
  std::size_t length;
};

#endif
}  // namespace reprise

HWY_BEFORE_NAMESPACE();
namespace reprise::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Four lanes at most: the shortest runs have four numbers.
using Lanes = hn::CappedTag<double, 4>;
using Vector = hn::Vec<Lanes>;

struct Complex {
  Vector re, im;
};

HWY_INLINE Complex operator*(Complex a, Complex b) {
  return {hn::MulSub(a.re, b.re, hn::Mul(a.im, b.im)), hn::MulAdd(a.re, b.im, hn::Mul(a.im, b.re))};
}

HWY_INLINE Complex load(const double* re, const double* im) {
  return {hn::LoadU(Lanes(), re), hn::LoadU(Lanes(), im)};
}

/// The transform of four numbers, in place.
HWY_INLINE void transform4(Complex& a, Complex& b, Complex& c, Complex& d) {
  const Complex even{hn::Add(a.re, c.re), hn::Add(a.im, c.im)};
  const Complex even_less{hn::Sub(a.re, c.re), hn::Sub(a.im, c.im)};
  const Complex odd{hn::Add(b.re, d.re), hn::Add(b.im, d.im)};
  const Complex odd_less{hn::Sub(b.re, d.re), hn::Sub(b.im, d.im)};
  a = {hn::Add(even.re, odd.re), hn::Add(even.im, odd.im)};
  b = {hn::Add(even_less.re, odd_less.im), hn::Sub(even_less.im, odd_less.re)};
  c = {hn::Sub(even.re, odd.re), hn::Sub(even.im, odd.im)};
  d = {hn::Sub(even_less.re, odd_less.im), hn::Add(even_less.im, odd_less.re)};
}

/// Transforms of four numbers each, several side by side, to places from..to.
void transform_fours(const WaveTransform& t, std::size_t from, std::size_t to) {
  const Lanes d;
  const hn::Rebind<float, Lanes> singles;
  const std::size_t quarter = t.length / 4;
  const auto noise = [&](std::size_t i) {
    const Vector amplitude = hn::LoadU(d, t.amplitude + i);
    return Complex{hn::Mul(amplitude, hn::PromoteTo(d, hn::LoadU(singles, t.first + i))),
                   hn::Mul(amplitude, hn::PromoteTo(d, hn::LoadU(singles, t.second + i)))};
  };
  for (std::size_t b = from / 4; b < to / 4; b += hn::Lanes(d)) {
    Complex x0 = noise(b);
    Complex x1 = noise(b + quarter);
    Complex x2 = noise(b + 2 * quarter);
    Complex x3 = noise(b + 3 * quarter);
    transform4(x0, x1, x2, x3);
    hn::StoreInterleaved4(x0.re, x1.re, x2.re, x3.re, d, t.real + 4 * b);
    hn::StoreInterleaved4(x0.im, x1.im, x2.im, x3.im, d, t.imaginary + 4 * b);
  }
}

/// Four transforms of `length` numbers from place `from` on become one.
void combine(const WaveTransform& t, std::size_t from, std::size_t length) {
  const Lanes d;
  // Those for shorter ones come before: 2 (4 + 16 + ...) numbers.
  const double* cosine = t.twiddle + 2 * (length - 4) / 3;
  const double* sine = cosine + length;
  double* re = t.real + from;
  double* im = t.imaginary + from;
  for (std::size_t j = 0; j < length; j += hn::Lanes(d)) {
    const Complex w1 = load(cosine + j, sine + j);
    const Complex w2 = w1 * w1;
    const Complex w3 = w1 * w2;
    Complex x0 = load(re + j, im + j);
    Complex x1 = w1 * load(re + length + j, im + length + j);
    Complex x2 = w2 * load(re + 2 * length + j, im + 2 * length + j);
    Complex x3 = w3 * load(re + 3 * length + j, im + 3 * length + j);
    transform4(x0, x1, x2, x3);
    hn::StoreU(x0.re, d, re + j);
    hn::StoreU(x0.im, d, im + j);
    hn::StoreU(x1.re, d, re + length + j);
    hn::StoreU(x1.im, d, im + length + j);
    hn::StoreU(x2.re, d, re + 2 * length + j);
    hn::StoreU(x2.im, d, im + 2 * length + j);
    hn::StoreU(x3.re, d, re + 3 * length + j);
    hn::StoreU(x3.im, d, im + 3 * length + j);
  }
}

/// Two transforms of half the length become one; twiddles come last.
void combine_halves(const WaveTransform& t, std::size_t half) {
  const Lanes d;
  const double* cosine = t.twiddle + 2 * (half - 4) / 3;
  const double* sine = cosine + half;
  for (std::size_t j = 0; j < half; j += hn::Lanes(d)) {
    const Complex x0 = load(t.real + j, t.imaginary + j);
    const Complex x1 = load(cosine + j, sine + j) * load(t.real + half + j, t.imaginary + half + j);
    hn::StoreU(hn::Add(x0.re, x1.re), d, t.real + j);
    hn::StoreU(hn::Add(x0.im, x1.im), d, t.imaginary + j);
    hn::StoreU(hn::Sub(x0.re, x1.re), d, t.real + half + j);
    hn::StoreU(hn::Sub(x0.im, x1.im), d, t.imaginary + half + j);
  }
}

/// A power of four of places; parts first, so that they are combined while they are in the cache.
void transform(const WaveTransform& t, std::size_t from, std::size_t length) {
  constexpr std::size_t kInFirstCache = 1024;
  if (length <= kInFirstCache) {
    transform_fours(t, from, from + length);
    for (std::size_t part = 4; part < length; part *= 4) {
      for (std::size_t at = from; at < from + length; at += 4 * part) {
        combine(t, at, part);
      }
    }
    return;
  }
  for (std::size_t part = 0; part < 4; ++part) {
    transform(t, from + part * (length / 4), length / 4);
  }
  combine(t, from, length / 4);
}

void transform_all(const WaveTransform& t, bool power_of_four) {
  if (power_of_four) {
    transform(t, 0, t.length);
    return;
  }
  transform(t, 0, t.length / 2);
  transform(t, t.length / 2, t.length / 2);
  combine_halves(t, t.length / 2);
}

}  // namespace reprise::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reprise {
namespace {

HWY_EXPORT(transform_all);

bool is_power_of_four(std::size_t length) {
  return std::countr_zero(length) % 2 == 0;
}

/// The frequency whose noise is at `position` of the transforms of four, before any is combined.
std::size_t frequency_at(std::size_t position, std::size_t length) {
  std::size_t frequency = 0;
  std::size_t weight = 1;
  if (!is_power_of_four(length)) {
    length /= 2;
    frequency = position / length;
    position %= length;
    weight = 2;
  }
  for (; length > 1; weight *= 4) {
    length /= 4;
    frequency += position / length * weight;
    position %= length;
  }
  return frequency;
}

void add_twiddles(std::size_t length, std::size_t turn, std::vector<double>& to) {
  const double unit = -2.0 * std::numbers::pi / static_cast<double>(turn);
  for (std::size_t j = 0; j < length; ++j) to.push_back(std::cos(unit * static_cast<double>(j)));
  for (std::size_t j = 0; j < length; ++j) to.push_back(std::sin(unit * static_cast<double>(j)));
}

}  // namespace

RandomWaves::RandomWaves(std::span<const double> amplitude)
    : place_(amplitude.size()), amplitude_(amplitude.size()) {
  const std::size_t n = amplitude.size();
  expects(std::has_single_bit(n) && n >= 16 && n <= std::numeric_limits<std::uint32_t>::max(),
          "random waves have a power of two of frequencies, 16 to 2^31");
  for (std::size_t position = 0; position < n; ++position) {
    const std::size_t k = frequency_at(position, n);
    const std::size_t place = position % 4 * (n / 4) + position / 4;
    place_[k] = static_cast<std::uint32_t>(place);
    amplitude_[place] = amplitude[k];
  }
  const std::size_t whole = is_power_of_four(n) ? n : n / 2;
  for (std::size_t length = 4; length < whole; length *= 4) {
    add_twiddles(length, 4 * length, twiddle_);
  }
  if (whole < n) {
    add_twiddles(whole, n, twiddle_);
  }
}

void RandomWaves::sum(std::span<const float> first, std::span<const float> second, std::span<double> real,
                      std::span<double> imaginary) const {
  const std::size_t n = length();
  expects(first.size() == n && second.size() == n && real.size() == n && imaginary.size() == n,
          "noise and waves have a number for each frequency");
  HWY_DYNAMIC_DISPATCH(transform_all)
  ({amplitude_.data(), first.data(), second.data(), twiddle_.data(), real.data(), imaginary.data(), n},
   is_power_of_four(n));
}

}  // namespace reprise
#endif
