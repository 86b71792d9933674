#pragma once

#include <Random123/philox.h>

#include <array>
#include <cstdint>
#include <limits>

namespace reprise {

/// Philox 4x32-10: four words that depend only on counter and key.
/// J. Salmon, M. Moraes, R. Dror, D. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11.
[[nodiscard]] inline std::array<std::uint32_t, 4> philox(const std::array<std::uint32_t, 4>& counter,
                                                         const std::array<std::uint32_t, 2>& key) {
  const r123::Philox4x32::ctr_type c{{counter[0], counter[1], counter[2], counter[3]}};
  const r123::Philox4x32::key_type k{{key[0], key[1]}};
  const auto out = r123::Philox4x32{}(c, k);
  return {out[0], out[1], out[2], out[3]};
}

/// Names a family of random streams: whoever has the key can regenerate any of its numbers anywhere.
struct RandomKey {
  std::array<std::uint32_t, 2> words{};
  friend bool operator==(const RandomKey&, const RandomKey&) = default;
};

/// The key of an object with a 128-bit identity (a task's key, say) in a run with the given seed.
[[nodiscard]] inline RandomKey random_key(std::uint64_t seed, std::uint64_t id_high = 0,
                                          std::uint64_t id_low = 0) {
  const auto low = [](std::uint64_t x) { return static_cast<std::uint32_t>(x); };
  const auto high = [](std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32U); };
  const auto mixed =
      philox({low(id_low), high(id_low), low(id_high), high(id_high)}, {low(seed), high(seed)});
  return {{mixed[0] ^ mixed[2], mixed[1] ^ mixed[3]}};
}

/// A key for a part (a dataset, a purpose) of what `parent` names.
[[nodiscard]] inline RandomKey derive(RandomKey parent, std::uint64_t tag) {
  const std::uint64_t seed = parent.words[0] | (std::uint64_t{parent.words[1]} << 32U);
  return random_key(seed, 0x6368696c64ULL, tag);
}

/// A sequential generator over one stream of a key, a UniformRandomBitGenerator. Its state is its position:
/// counter = (position / 4, stream), stream < 2^62.
class Philox {
 public:
  using result_type = std::uint32_t;

  Philox(RandomKey key, std::uint64_t stream, std::uint64_t position = 0)
      : key_(key), stream_(stream & kStreams), position_(position) {
    if (position_ % 4 != 0) {
      refill();
    }
  }

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }

  result_type operator()() {
    const auto lane = static_cast<std::size_t>(position_ % 4);
    if (lane == 0) {
      refill();
    }
    ++position_;
    return block_[lane];
  }

  /// Words drawn so far; a generator made with this position goes on from here.
  [[nodiscard]] std::uint64_t position() const { return position_; }

 private:
  static constexpr std::uint64_t kStreams = (std::uint64_t{1} << 62U) - 1;

  void refill() {
    const std::uint64_t index = position_ / 4;
    block_ = philox({static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32U),
                     static_cast<std::uint32_t>(stream_), static_cast<std::uint32_t>(stream_ >> 32U)},
                    key_.words);
  }

  RandomKey key_;
  std::uint64_t stream_;
  std::uint64_t position_;
  std::array<std::uint32_t, 4> block_{};
};

}  // namespace reprise
