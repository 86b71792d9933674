#pragma once

#include <cstdint>

#include "pipeline/run/paper.hpp"
#include "workers/slepian/model.hpp"

namespace reprise::slepian {

/// E7: the Slepian process by simulation, its expected sign and its first excursion.
struct ClippedJob {
  std::uint64_t draws = 100'000;
  std::uint64_t block = 100'000;
  std::uint64_t excursions = 100'000;
};

constexpr auto fields(const ClippedJob*) {
  return std::tuple{field("draws", &ClippedJob::draws, "for each covariance and time"),
                    field("block", &ClippedJob::block, "draws in a task"),
                    field("excursions", &ClippedJob::excursions, "drawn of diffusion in two dimensions")};
}
void validate(const ClippedJob& job, const JobTable& table);

/// The covariances of E1 to E4 and the other valid ones of the library.
[[nodiscard]] const std::vector<Model>& valid_models();

Experiment clipped_experiment();

}  // namespace reprise::slepian
