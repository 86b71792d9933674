#include "kernels/gaussian/lattice.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <vector>

namespace reprise {
namespace {

using Integer = boost::multiprecision::cpp_int;

/// round(2^64 frac(sqrt(p))), by an integer root of p 2^130.
std::uint64_t reference_root(std::uint32_t p) {
  const Integer root = boost::multiprecision::sqrt(Integer(p) << 130);  // of 65 bits after the point
  return static_cast<std::uint64_t>(((root + 1) >> 1) & ((Integer(1) << 64) - 1));
}

TEST(RichtmyerLattice, HasRootsOfPrimesToTheLastBit) {
  const ShiftedLattice lattice(1100, random_key(1), 0);
  EXPECT_EQ(lattice.step(0), 0x6A09E667F3BCC909U);  // sqrt(2) and sqrt(3), as in SHA-512's first values
  EXPECT_EQ(lattice.step(1), 0xBB67AE8584CAA73BU);
  std::size_t found = 0;
  for (std::uint32_t p = 2; found < lattice.dimensions(); ++p) {
    bool prime = true;
    for (std::uint32_t divisor = 2; divisor * divisor <= p; ++divisor) prime = prime && p % divisor != 0;
    if (prime) {
      ASSERT_EQ(lattice.step(found), reference_root(p)) << p;
      ++found;
    }
  }
  EXPECT_EQ(fractional_root(4294967291U), reference_root(4294967291U));
  EXPECT_THROW((void)fractional_root(49), std::invalid_argument);
}

TEST(RichtmyerLattice, StaysExactForFarPoints) {
  const ShiftedLattice lattice(40, random_key(2), 3);
  for (const std::uint64_t k : {std::uint64_t{1}, (std::uint64_t{1} << 40U) - 7, std::uint64_t{1} << 62U}) {
    for (std::size_t i = 0; i < lattice.dimensions(); ++i) {
      const Integer exact =
          (Integer(lattice.position(0, i)) + Integer(k) * lattice.step(i)) % (Integer(1) << 64);
      ASSERT_EQ(Integer(lattice.position(k, i)), exact);
      const double u = std::ldexp(static_cast<double>(exact >> 11), -53);
      ASSERT_NEAR(lattice.coordinate(k, i), std::abs(2.0 * u - 1.0), 5e-16);
    }
  }
}

TEST(RichtmyerLattice, StaysOffZeroAndOne) {
  const ShiftedLattice lattice(1, random_key(1), 0);
  const auto at = [&](std::uint64_t u) {  // the step is odd for 2: each position has a point
    std::uint64_t inverse = lattice.step(0);
    for (int i = 0; i < 6; ++i) inverse *= 2 - lattice.step(0) * inverse;
    return lattice.coordinate((u - lattice.position(0, 0)) * inverse, 0);
  };
  EXPECT_EQ(at(std::uint64_t{1} << 63U), 0x1p-53);
  EXPECT_EQ(at((std::uint64_t{1} << 63U) - 1), 0x1p-53);
  EXPECT_EQ(at(0), 1.0 - 0x1p-53);
  EXPECT_EQ(at(~std::uint64_t{0}), 1.0 - 0x1p-53);
}

TEST(RichtmyerLattice, ShiftsDiffer) {
  const ShiftedLattice first(3, random_key(1), 0);
  EXPECT_EQ(first.position(5, 2), ShiftedLattice(3, random_key(1), 0).position(5, 2));
  EXPECT_NE(first.position(5, 2), ShiftedLattice(3, random_key(1), 1).position(5, 2));
  EXPECT_NE(first.position(5, 2), ShiftedLattice(3, random_key(2), 0).position(5, 2));
  EXPECT_EQ(first.position(5, 2), ShiftedLattice(9, random_key(1), 0).position(5, 2));
}

/// The points themselves in counts of 2^-64, without shift.
std::uint64_t unshifted(const ShiftedLattice& lattice, std::uint64_t k, std::size_t i) {
  return lattice.position(k, i) - lattice.position(0, i);
}

TEST(RankOneLattice, GrowsThroughFullLattices) {
  const ShiftedLattice lattice(9, random_key(1), 0, LatticeRule::rank_one);
  for (const unsigned bits : {8U, 9U, 12U}) {
    const std::uint64_t size = std::uint64_t{1} << bits;
    // Coordinate 0 takes each multiple of 2^-bits once, and tells the others: all are multiples of one point.
    std::vector<std::uint64_t> number(size, size);
    for (std::uint64_t k = 0; k < size; ++k) {
      const std::uint64_t u = unshifted(lattice, k, 0);
      ASSERT_EQ(u << bits, 0U);
      number[u >> (64U - bits)] = k;
    }
    ASSERT_LT(*std::ranges::max_element(number), size);
    for (std::uint64_t m = 0; m < size; ++m) {
      for (std::size_t i = 0; i < lattice.dimensions(); ++i) {
        ASSERT_EQ(unshifted(lattice, number[m], i), m * unshifted(lattice, number[1], i));
      }
    }
  }
}

TEST(RankOneLattice, StepsWithinItsRuns) {
  const ShiftedLattice lattice(256, random_key(1), 2, LatticeRule::rank_one);
  for (const std::uint64_t run : {std::uint64_t{0}, std::uint64_t{77}, std::uint64_t{1} << 30U}) {
    for (std::size_t i = 0; i < lattice.dimensions(); i += 17) {
      const std::uint64_t first = lattice.position(run * ShiftedLattice::kRun, i);
      EXPECT_EQ(lattice.position(run * ShiftedLattice::kRun + 201, i), first + 201 * lattice.step(i));
    }
  }
  EXPECT_THROW(ShiftedLattice(257, random_key(1), 0, LatticeRule::rank_one), std::invalid_argument);
}

/// How the table of generators was made: coordinate by coordinate, of 100 odd numbers at random the one with
/// the least sum over m = 9, ..., 16 of log e_m^2. e_m^2 is the mean over the 2^m points of prod (1 + 0.1
/// w(x_i)) less 1, the squared worst-case error in the Korobov space of smoothness 1, w(x) = 2 pi^2 (x^2 - x
/// + 1/6) and 0.1 each coordinate's weight.
class GeneratorSearch {
 public:
  GeneratorSearch() : kernel_(kSize), products_(kSize, 1.0F) {
    for (std::uint32_t k = 0; k < kSize; ++k) {
      const double x = static_cast<double>(k) / kSize;
      kernel_[k] = static_cast<float>(2.0 * std::numbers::pi * std::numbers::pi * (x * x - x + 1.0 / 6.0));
    }
  }

  /// Of the next coordinate, modulo 2^16.
  std::uint32_t next() {
    constexpr int kCandidates = 100;
    std::uint32_t best = 1;
    double least = std::numeric_limits<double>::infinity();
    for (int i = 0; i < (first_ ? 1 : kCandidates); ++i) {
      const std::uint32_t candidate = first_ ? 1U : (static_cast<std::uint32_t>(random()) & 0xFFFFFU) | 1U;
      const double score = score_of(candidate);
      if (score < least) {
        least = score;
        best = candidate;
      }
    }
    first_ = false;
    for (std::uint32_t k = 0; k < kSize; ++k)
      products_[k] *= static_cast<float>(1.0 + kWeight * value(k, best));
    return best % kSize;
  }

 private:
  static constexpr int kLeastBits = 9, kBits = 16;
  static constexpr std::uint32_t kSize = 1U << kBits;
  static constexpr double kWeight = 0.1;

  [[nodiscard]] double value(std::uint32_t k, std::uint32_t generator) const {
    return static_cast<double>(kernel_[k * generator & (kSize - 1)]);
  }

  /// Points of the lattice of 2^m are those whose numbers end in 16 - m zeros.
  [[nodiscard]] double score_of(std::uint32_t generator) const {
    double sum = products_[0] * (1.0 + kWeight * value(0, generator)), score = 0.0;
    for (int zeros = kBits - 1; zeros >= 0; --zeros) {
      double own = 0.0;
      for (std::uint32_t k = 1U << zeros; k < kSize; k += 2U << zeros)
        own += products_[k] * (1.0 + kWeight * value(k, generator));
      sum += own;
      const int bits = kBits - zeros;
      if (bits >= kLeastBits) score += std::log(sum / std::exp2(bits) - 1.0);
    }
    return score;
  }

  /// SplitMix64
  std::uint64_t random() {
    std::uint64_t x = state_ += 0x9E3779B97F4A7C15U;
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31U);
  }

  std::vector<float> kernel_, products_;
  std::uint64_t state_ = 12345;
  bool first_ = true;
};

TEST(RankOneLattice, HasTheGeneratorsOfItsSearch) {
  constexpr std::size_t kDimensions = 8;
  const ShiftedLattice lattice(kDimensions, random_key(1), 0, LatticeRule::rank_one);
  std::uint64_t one = 0;  // the point whose first coordinate is 2^-16
  while (unshifted(lattice, one, 0) != std::uint64_t{1} << 48U) ++one;
  GeneratorSearch search;
  for (std::size_t i = 0; i < kDimensions; ++i)
    EXPECT_EQ(unshifted(lattice, one, i) >> 48U, search.next()) << "coordinate " << i;
}

}  // namespace
}  // namespace reprise
