#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/random/philox.hpp"

namespace reprise {

/// frac(sqrt(p)) as a count of 2^-64, to the nearest, for a p < 2^32 that is no square.
[[nodiscard]] std::uint64_t fractional_root(std::uint32_t p);

/// Richtmyer's rule under a random shift and the tent map: coordinate i of point k is |2 u - 1| for
/// u = frac(k sqrt(p_i) + shift_i), p_i the i-th prime (R. Richtmyer, 1951; Genz and Bretz, "Computation of
/// Multivariate Normal and t Probabilities", 2009, 4.2.2). All in counts of 2^-64 that wrap around: exact for
/// any k, with generators that are rounded once, so that no k is too large.
class RichtmyerLattice {
 public:
  /// Shift number `shift` (< 2^62) of those that `key` names: two Philox words a coordinate.
  RichtmyerLattice(std::size_t dimensions, const RandomKey& key, std::uint64_t shift);

  [[nodiscard]] std::size_t dimensions() const { return step_.size(); }
  /// frac(sqrt(p_i)).
  [[nodiscard]] std::uint64_t step(std::size_t i) const { return step_[i]; }
  /// u of point k before the tent map.
  [[nodiscard]] std::uint64_t position(std::uint64_t k, std::size_t i) const {
    return shift_[i] + k * step_[i];
  }
  /// In the open interval (0, 1), 52 bits.
  [[nodiscard]] double coordinate(std::uint64_t k, std::size_t i) const {
    const std::uint64_t u = position(k, i);
    const std::uint64_t tent = u >> 63U == 1 ? u << 1U : ~(u << 1U);
    return std::bit_cast<double>((std::uint64_t{0x3FF} << 52U) | (tent >> 12U)) - (1.0 - 0x1.0p-53);
  }

 private:
  std::vector<std::uint64_t> step_;
  std::vector<std::uint64_t> shift_;
};

}  // namespace reprise
