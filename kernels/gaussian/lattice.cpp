#include "kernels/gaussian/lattice.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "kernels/expects.hpp"

namespace reprise {
namespace {

std::vector<std::uint32_t> first_primes(std::size_t count) {
  std::vector<std::uint32_t> primes;
  primes.reserve(count);
  for (std::uint32_t candidate = 2; primes.size() < count; ++candidate) {
    const bool composite = std::ranges::any_of(primes, [candidate](std::uint32_t p) {
      return std::uint64_t{p} * p <= candidate && candidate % p == 0;
    });
    if (!composite) {
      primes.push_back(candidate);
    }
  }
  return primes;
}

/// Of a lattice of 2^20 points. Each is the best of 100 random ones after those before, by the sum over sizes
/// of 2^9 to 2^16 of the logarithm of the mean square error in the space of one mixed derivative with
/// weights of 0.1 for each coordinate (tests/unit/kernels/gaussian/lattice_test.cpp has the search).
constexpr std::array<std::uint32_t, 256> kGenerators{
    0x00001, 0xD6CB1, 0xA5707, 0xC79CF, 0xBB2EF, 0x0EBD1, 0xD914B, 0xB8B0B, 0xED53F, 0x5C855, 0x17041,
    0xC8AA7, 0x81075, 0x6B10F, 0x8186D, 0x7EE27, 0x750F3, 0x7FCA5, 0x2B0E7, 0x3DD5D, 0xC2671, 0x52381,
    0xF73B5, 0x1F125, 0xD799F, 0xD1B2F, 0xE1CC5, 0xB9F2B, 0x3E24F, 0x5679F, 0xA6E2D, 0x3BA1F, 0x70337,
    0xD5DBF, 0xC6183, 0x5527B, 0x98E3B, 0xA13A3, 0xFC1D5, 0x8051F, 0x7F46F, 0x96F49, 0x5BFE3, 0xEF309,
    0xF0687, 0x82137, 0x823AF, 0xA502D, 0x15147, 0x75D2F, 0xC6703, 0x3DF55, 0x40615, 0x53DFD, 0xA97B1,
    0xB3DBB, 0x4E8E5, 0x539E7, 0x15497, 0x5C96B, 0x54443, 0x3DC9D, 0x46B7B, 0x5B289, 0x27945, 0x98EF9,
    0xCE989, 0xD5B9F, 0x8A87B, 0x7D6E7, 0xE53D3, 0x2DA8F, 0x1BDB5, 0x6AA1D, 0x6F1E9, 0x7C893, 0xBE6FB,
    0x2BBBF, 0x89D93, 0x6ECA7, 0xCBB21, 0x90379, 0x09017, 0x358AD, 0x08E21, 0x9A8BB, 0x3A149, 0x803A5,
    0xAB3C1, 0xF6D01, 0xECE09, 0xF108F, 0xA8D6B, 0x67A99, 0x394DB, 0x705C7, 0xF9389, 0xA5D7F, 0x0320B,
    0x9931B, 0x141FF, 0xBD367, 0xE8895, 0xB9F1D, 0xCF0DF, 0x2A2AF, 0x99007, 0x6CF95, 0xAE33D, 0xE8153,
    0x7E36F, 0x2A043, 0xDC2CD, 0xB5C55, 0x2F987, 0x80E03, 0x137E1, 0xB73DB, 0x22A49, 0x53C53, 0x04C67,
    0x214B3, 0xA63E5, 0x9F8A9, 0xA5633, 0xFF7E3, 0xDFF77, 0x0BC77, 0x0BA6B, 0x493A1, 0xB5C95, 0x32BC1,
    0x5FD07, 0x723C9, 0x77333, 0xC59D1, 0x7D7AF, 0xFD893, 0x87B4F, 0xDB95F, 0x03AED, 0xBB4A3, 0xA96DB,
    0xB869D, 0x1C891, 0x58543, 0xD2441, 0xC5677, 0x9BED9, 0x15CE3, 0x0E779, 0xAAB85, 0x19EB1, 0x9E7D3,
    0x69983, 0x840F9, 0x3E2E3, 0x24B3B, 0x8F9A1, 0x4813F, 0xDACA7, 0x93CE7, 0x5C917, 0x851E1, 0x2775B,
    0x3A3E3, 0x944B7, 0xAF039, 0x4DF89, 0x49AAF, 0x6A59D, 0x7C501, 0xF7B83, 0x0EAED, 0xF9C6F, 0x9DCB9,
    0xF5A6D, 0x0496B, 0x20A53, 0xA6083, 0xA2E97, 0xB0A3F, 0x70B61, 0x066B1, 0xDC46B, 0x24A0D, 0xA9ADF,
    0x2957B, 0x81135, 0xD5725, 0x5154B, 0x0E125, 0x8F7E5, 0x4F9C3, 0x9CBD9, 0xEAF19, 0xD8AE9, 0x2BBDB,
    0xE402D, 0x6D775, 0xD1A0D, 0xC3819, 0x39D51, 0x5BB2D, 0x830D9, 0x0CAB3, 0x03BC3, 0x9BED1, 0xF9815,
    0x58F85, 0x0EF71, 0xF4A93, 0x868DF, 0xA4E9B, 0xC04AD, 0x2FAE5, 0x3A66F, 0x2D8FD, 0x95AE3, 0x9AEE3,
    0x4355F, 0x9174D, 0xE5C69, 0xAFDA3, 0xA43C9, 0x4F22F, 0xA014B, 0x27EC5, 0xF9CF5, 0xD56EF, 0xC8779,
    0x71095, 0x51EC7, 0x385F3, 0x9D393, 0xD3BE7, 0x9E2FF, 0x59015, 0x9CDF3, 0x24C23, 0x37705, 0xCB941,
    0x89BB7, 0xFB019, 0x6F69F, 0x012DB, 0x0B2D3, 0x00271, 0x37BEF, 0xDCE7F, 0x4B227, 0xC5D5D, 0xAF085,
    0xC288D, 0x01B47, 0x08BCF,
};

/// The bits of a count, the lowest first after the point: van der Corput's sequence.
std::uint64_t reversed(std::uint64_t count) {
  std::uint64_t result = 0;
  for (int bit = 0; bit < 64; ++bit) {
    result = (result << 1U) | ((count >> bit) & 1U);
  }
  return result;
}

}  // namespace

std::uint64_t fractional_root(std::uint32_t p) {
  const double root = std::sqrt(static_cast<double>(p));
  const double whole = std::floor(root);
  expects(whole * whole != static_cast<double>(p), "a square has no fractional root");
  // What rounding took from the root, by Newton's step on the exact p - root^2.
  const double lost = -std::fma(root, root, -static_cast<double>(p)) / (2.0 * root);
  const auto high = static_cast<std::uint64_t>(std::ldexp(root - whole, 64));
  return high + static_cast<std::uint64_t>(std::llround(std::ldexp(lost, 64)));
}

ShiftedLattice::ShiftedLattice(std::size_t dimensions, const RandomKey& key, std::uint64_t shift,
                               LatticeRule rule)
    : rule_(rule) {
  step_.reserve(dimensions);
  if (rule == LatticeRule::richtmyer) {
    for (const std::uint32_t p : first_primes(dimensions)) {
      step_.push_back(fractional_root(p));
    }
  } else {
    expects(dimensions <= kGenerators.size(),
            "lattices of rank one have 256 coordinates; Richtmyer's rule has any number");
    for (std::size_t i = 0; i < dimensions; ++i) {
      // The points of a run are those of a lattice of 2^8 points, shifted.
      step_.push_back(std::uint64_t{kGenerators[i]} << 56U);
    }
  }
  Philox random(key, shift);
  shift_.reserve(dimensions);
  for (std::size_t i = 0; i < dimensions; ++i) {
    const std::uint64_t low = random();
    shift_.push_back(low | (std::uint64_t{random()} << 32U));
  }
}

std::uint64_t ShiftedLattice::run(std::uint64_t number, std::size_t i) const {
  if (rule_ == LatticeRule::richtmyer) {
    return number * kRun * step_[i];
  }
  return (reversed(number) >> 8U) * kGenerators[i];
}

}  // namespace reprise
