#pragma once

#include <cstdint>

#include "pipeline/run/paper.hpp"

namespace reprise::slepian {

/// E6 and claim C3: two derivations, one approximation; and its representation by sums of divisors.
struct EquivalenceJob {
  std::uint64_t intervals = 400'000;
  std::uint64_t blocks = 4;
};

constexpr auto fields(const EquivalenceJob*) {
  using E = EquivalenceJob;
  return std::tuple{field("intervals", &E::intervals, "drawn in all, of each process"),
                    field("blocks", &E::blocks, "tasks they are drawn in")};
}
void validate(const EquivalenceJob& job, const JobTable& table);

Experiment equivalence_experiment();

}  // namespace reprise::slepian
