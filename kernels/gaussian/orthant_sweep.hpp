#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace reprise {

/// What the vectorised sweep of kernels/gaussian/orthant.cpp does, variable by variable in pivot order, to a
/// batch of samples. Column c of a sample is its c-th integration variable: the Rayleigh variable if there is
/// one, then z of the variables in turn.
struct SweepPlan {
  static constexpr std::size_t kBatch = 256;  ///< samples at most
  static constexpr std::size_t kRows = 4;     ///< variables a panel
  /// Smaller weights count as zero.
  static constexpr double kLeastWeight = 1e-30;

  /// Variables in turn. Their conditional means, in units of the conditional deviation if that is above zero,
  /// are products of rows of coefficients and columns.
  struct Panel {
    std::size_t rows = 0;            ///< <= kRows
    bool random = false;             ///< each adds a column; else they are given by the columns
    std::size_t columns = 0;         ///< that were there before the panel
    std::vector<double> outer;       ///< [columns, kRows]
    std::array<double, 16> inner{};  ///< [kRows, kRows]: by the panel's own columns, below the diagonal
    std::array<double, 4> weight{};  ///< of a row: its deviation if its value multiplies the weight, else 0
  };

  bool rayleigh = false;
  std::size_t columns = 0;  ///< all
  std::vector<Panel> panels;
};

/// Samples first, ..., first + count - 1 of a lattice: coordinate c of sample i is `origin[c] + i step[c]`.
struct SweepPoints {
  std::vector<std::uint64_t> origin;
  std::vector<std::uint64_t> step;
  std::size_t count = 0;  ///< <= kBatch
};

/// Doubles that a sweep needs to work in.
[[nodiscard]] std::size_t sweep_workspace(const SweepPlan& plan);

/// Sum of the samples' weights in their order. `workspace` is aligned for vectors.
[[nodiscard]] double sweep(const SweepPlan& plan, const SweepPoints& points, double* workspace);

}  // namespace reprise
