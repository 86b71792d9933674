#pragma once

#include "workers/slepian/monte_carlo_settings.hpp"

namespace reprise::slepian {

/// E8: what a grid does to exponents, mean intervals and distributions.
struct GridBiasJob {
  LatticeSettings lattice{1e-3};
  std::int32_t grids = 3;
  PathSettings paths;
};

constexpr auto fields(const GridBiasJob*) {
  return std::tuple{
      field("lattice", &GridBiasJob::lattice, "quasi-Monte Carlo of exponents"),
      field("grids", &GridBiasJob::grids, "3 or 4, each with steps half as long as the one before"),
      field("paths", &GridBiasJob::paths, "simulated paths, for each covariance and grid")};
}

void validate(const GridBiasJob& job, const JobTable& table);

Experiment grid_bias_experiment();

}  // namespace reprise::slepian
