#pragma once

#include <cstdint>

#include "pipeline/run/paper.hpp"

namespace reprise::slepian {

/// How paths are simulated.
struct PathSettings {
  double length = 500.0;
  std::uint64_t together = 16;
  std::uint64_t blocks = 16;
};

constexpr auto fields(const PathSettings*) {
  using P = PathSettings;
  return std::tuple{field("length", &P::length, "length of simulated paths, at least 100", "mean intervals"),
                    field("together", &P::together, "paths in a task, a multiple of 16"),
                    field("blocks", &P::blocks, "tasks for each covariance and grid, at first")};
}
void validate(const PathSettings& paths, const JobTable& table);

/// How orthant probabilities are integrated.
struct LatticeSettings {
  double relative_error = 1.5e-3;
  std::int32_t shifts = 8;
  std::uint64_t points = 16384;
};

constexpr auto fields(const LatticeSettings*) {
  using L = LatticeSettings;
  return std::tuple{field("relative_error", &L::relative_error, "relative standard error that is asked for"),
                    field("shifts", &L::shifts, "random shifts of a lattice"),
                    field("points", &L::points, "most points of a lattice, a power of two")};
}
void validate(const LatticeSettings& lattice, const JobTable& table);

/// Exponents are extrapolated from the finest three grids.
void require_grids(std::int32_t grids, const JobTable& table);

}  // namespace reprise::slepian
