#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/random/philox.hpp"

namespace reprise {

/// frac(sqrt(p)) as a count of 2^-64, to the nearest, for a p < 2^32 that is no square.
[[nodiscard]] std::uint64_t fractional_root(std::uint32_t p);

/// How points fill the cube.
enum class LatticeRule {
  /// u = frac(k sqrt(p_i)), p_i the i-th prime (R. Richtmyer, 1951; Genz and Bretz, "Computation of
  /// Multivariate Normal and t Probabilities", 2009, 4.2.2). Any number of coordinates and points.
  richtmyer,
  /// A lattice of rank one that grows: the first 2^m points, m from 9 to 20, are a full lattice of that size,
  /// with generators chosen coordinate by coordinate (R. Cools, F. Kuo and D. Nuyens, SIAM Journal on
  /// Scientific Computing 28, 2006). 256 coordinates at most. Squared errors of orthants are a third to two
  /// thirds of those of Richtmyer's rule at 2^14 points (tests/bench/orthant_bench.cpp). Numbers of points
  /// should be powers of two.
  rank_one,
};

/// A lattice under a random shift and the tent map |2 u - 1|. All in counts of 2^-64 that wrap around: exact
/// for any k, with generators that are rounded once, so that no k is too large.
class ShiftedLattice {
 public:
  /// Points come in runs of so many, from multiples of it on, within which each is one step from the last.
  static constexpr std::uint64_t kRun = 256;

  /// Shift number `shift` (< 2^62) of those that `key` names: two Philox words a coordinate. Throws
  /// std::invalid_argument when the rule has fewer coordinates.
  ShiftedLattice(std::size_t dimensions, const RandomKey& key, std::uint64_t shift,
                 LatticeRule rule = LatticeRule::richtmyer);

  [[nodiscard]] std::size_t dimensions() const { return step_.size(); }
  /// Between the points of a run, frac(sqrt(p_i)) in Richtmyer's rule.
  [[nodiscard]] std::uint64_t step(std::size_t i) const { return step_[i]; }
  /// u of point k before the tent map.
  [[nodiscard]] std::uint64_t position(std::uint64_t k, std::size_t i) const {
    return shift_[i] + run(k / kRun, i) + k % kRun * step_[i];
  }
  /// In the open interval (0, 1), 52 bits.
  [[nodiscard]] double coordinate(std::uint64_t k, std::size_t i) const {
    const std::uint64_t u = position(k, i);
    const std::uint64_t tent = u >> 63U == 1 ? u << 1U : ~(u << 1U);
    return std::bit_cast<double>((std::uint64_t{0x3FF} << 52U) | (tent >> 12U)) - (1.0 - 0x1.0p-53);
  }

 private:
  /// Where a run starts, without the shift.
  [[nodiscard]] std::uint64_t run(std::uint64_t number, std::size_t i) const;

  LatticeRule rule_;
  std::vector<std::uint64_t> step_;
  std::vector<std::uint64_t> shift_;
};

}  // namespace reprise
