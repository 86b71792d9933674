#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "kernels/random/philox.hpp"
#include "workers/slepian/model.hpp"

namespace reprise::slepian {

/// Stationary paths of a covariance on a grid, as tasks simulate them.
struct PathGrid {
  Model model;
  double step = 0.0;
  std::uint64_t steps = 0;
  std::uint64_t paths = 0;
};

/// A stretch of some paths, side by side: rows [rows, paths].
struct PathRows {
  std::span<double> rows;
  std::size_t paths = 0;
  bool first = false;  ///< these paths begin here; else the first row is the last of the stretch before
  bool last = false;   ///< and end here
};

/// Simulates `grid.paths` paths and shows them, some paths at a time from beginning to end, in stretches. By
/// state space for random acceleration and Matern covariances of half-integer smoothness, by circulant
/// embedding otherwise. Returns the share of spectrum that circulant embedding took as zero.
double simulate(const PathGrid& grid, RandomKey key, const std::function<void(const PathRows&)>& visit);

/// Whether paths come from a state space.
[[nodiscard]] bool has_state_space(const Model& model);

}  // namespace reprise::slepian
