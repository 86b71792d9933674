#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

namespace reprise {

/// Random numbers as a pure function of (seed, stream, index): the SplitMix64 finaliser over two Weyl
/// sequences (Steele, Lea and Flood, OOPSLA 2014). Exact in any language with 64-bit integers, so that data
/// made with it can be compared between implementations; Philox is for everything else.
class HashRng {
 public:
  constexpr HashRng(std::uint64_t seed, std::uint64_t stream) : key_(mix(seed + kWeyl * (stream + 1))) {}

  /// 64 bits.
  [[nodiscard]] constexpr std::uint64_t bits(std::uint64_t index) const {
    return mix(key_ + kWeyl * (index + 1));
  }

  /// Uniform on [0, 1), 53 bits.
  [[nodiscard]] constexpr double uniform(std::uint64_t index) const {
    return static_cast<double>(bits(index) >> 11U) * 0x1p-53;
  }

  /// Standard normal (Box and Muller), from the uniforms 2 index and 2 index + 1.
  [[nodiscard]] double normal(std::uint64_t index) const {
    return std::sqrt(-2.0 * std::log1p(-uniform(2 * index))) *
           std::cos(2.0 * std::numbers::pi * uniform(2 * index + 1));
  }

 private:
  static constexpr std::uint64_t kWeyl = 0x9E3779B97F4A7C15ULL;  // 2^64 over the golden ratio

  static constexpr std::uint64_t mix(std::uint64_t x) {
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBULL;
    return x ^ (x >> 31U);
  }

  std::uint64_t key_;
};

}  // namespace reprise
