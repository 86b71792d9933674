#pragma once

#include <cstdint>

#include "kernels/random/philox.hpp"

namespace reprise {

// Draws from a sequential generator. Each takes words from `random` only, so results do not depend on a
// standard library's choices.

/// Uniform on the open interval (0, 1), 53 bits.
[[nodiscard]] double uniform(Philox& random);

/// Uniform on {0, ..., count - 1} without bias (Lemire, ACM TOMACS 29, 2019). count > 0.
[[nodiscard]] std::uint64_t uniform_below(Philox& random, std::uint64_t count);

/// Standard normal (Box-Muller).
[[nodiscard]] double normal(Philox& random);

/// Exponential of mean 1.
[[nodiscard]] double exponential(Philox& random);

/// Gamma of the given shape > 0 and scale 1 (Marsaglia and Tsang, ACM TOMS 26, 2000).
[[nodiscard]] double gamma(Philox& random, double shape);

/// Poisson of the given mean >= 0 (inversion below 10, else Hoermann's transformed rejection PTRS,
/// Insurance: Mathematics and Economics 12, 1993).
[[nodiscard]] std::uint64_t poisson(Philox& random, double mean);

/// Binomial (inversion of the distribution function).
[[nodiscard]] std::uint64_t binomial(Philox& random, std::uint64_t trials, double probability);

}  // namespace reprise
