#pragma once

#include <cstdint>
#include <span>

#include "kernels/random/philox.hpp"

namespace reprise {

/// A rectangle of a virtual matrix of random numbers: the number at (row, column) depends on key, stream, row
/// and column only, so that any rank regenerates any rectangle, and how a matrix is cut changes nothing.
struct RandomRows {
  RandomKey key;
  std::uint32_t stream = 0;  ///< < 2^30
  std::uint64_t first_row = 0;
  std::size_t rows = 0;
  std::size_t columns = 0;
};

/// Standard normals [rows, columns], row-major. Box-Muller in single precision over Philox words of 32 bits:
/// the largest magnitude is sqrt(64 log 2) = 6.66.
void fill_normal(const RandomRows& where, std::span<float> out);

/// The same in double precision (52-bit uniforms, largest magnitude 8.57). Other numbers than the single
/// ones.
void fill_normal(const RandomRows& where, std::span<double> out);

/// Uniforms on the open interval (0, 1), 52 bits.
void fill_uniform(const RandomRows& where, std::span<double> out);

}  // namespace reprise
