#pragma once

#include <cstdint>
#include <vector>

#include "pipeline/run/paper.hpp"

namespace reprise::slepian {

/// E9: excursions above and below a level, and partial survival.
struct LevelsJob {
  std::vector<double> levels{0.5};
  std::vector<double> survivals{0.25, 0.5, 0.75};
  double path_length = 500.0;
  std::uint64_t block_paths = 16;
  std::uint64_t blocks = 16;
};

constexpr auto fields(const LevelsJob*) {
  using L = LevelsJob;
  return std::tuple{field("levels", &L::levels, "levels u", "standard deviations"),
                    field("survivals", &L::survivals, "probabilities p with which a zero is survived"),
                    field("path_length", &L::path_length, "length of simulated paths", "mean intervals"),
                    field("block_paths", &L::block_paths, "paths in a task, a multiple of 16"),
                    field("blocks", &L::blocks, "tasks for each level")};
}
void validate(const LevelsJob& job, const JobTable& table);

Experiment levels_experiment();

}  // namespace reprise::slepian
