#include "kernels/gaussian/lattice.hpp"

#include <algorithm>
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

RichtmyerLattice::RichtmyerLattice(std::size_t dimensions, const RandomKey& key, std::uint64_t shift) {
  step_.reserve(dimensions);
  for (const std::uint32_t p : first_primes(dimensions)) {
    step_.push_back(fractional_root(p));
  }
  Philox random(key, shift);
  shift_.reserve(dimensions);
  for (std::size_t i = 0; i < dimensions; ++i) {
    const std::uint64_t low = random();
    shift_.push_back(low | (std::uint64_t{random()} << 32U));
  }
}

}  // namespace reprise
