#pragma once

#include "workers/slepian/monte_carlo_settings.hpp"

namespace reprise::slepian {

/// E8: what a grid does to exponents, mean intervals and distributions.
struct GridBiasJob {
  LatticeSettings lattice{1e-3};
  PathSettings paths;
};

constexpr auto fields(const GridBiasJob*) {
  return std::tuple{field("lattice", &GridBiasJob::lattice, "quasi-Monte Carlo of exponents"),
                    field("paths", &GridBiasJob::paths, "simulated paths, for each covariance and grid")};
}

Experiment grid_bias_experiment();

}  // namespace reprise::slepian
