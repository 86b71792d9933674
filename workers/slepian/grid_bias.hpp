#pragma once

#include <cstdint>

#include "pipeline/run/paper.hpp"

namespace reprise::slepian {

/// E8: what a grid does to exponents, mean intervals and distributions.
struct GridBiasJob {
  std::int32_t shifts = 8;
  std::uint64_t lattice_points = 16384;
  double relative_error = 1e-3;
  double path_length = 500.0;
  std::uint64_t block_paths = 16;
  std::uint64_t blocks = 16;
};

constexpr auto fields(const GridBiasJob*) {
  using G = GridBiasJob;
  return std::tuple{field("shifts", &G::shifts, "random shifts of a lattice"),
                    field("lattice_points", &G::lattice_points, "most points of a lattice, a power of two"),
                    field("relative_error", &G::relative_error, "of exponents, that is asked for"),
                    field("path_length", &G::path_length, "length of simulated paths", "mean intervals"),
                    field("block_paths", &G::block_paths, "paths in a task, a multiple of 16"),
                    field("blocks", &G::blocks, "tasks for each covariance and grid")};
}
void validate(const GridBiasJob& job, const JobTable& table);

Experiment grid_bias_experiment();

}  // namespace reprise::slepian
