#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "pipeline/reflect/fields.hpp"

namespace reprise {

/// Where, by what and under which run-wide settings a row was computed. Rows of one process share one origin.
struct Origin {
  std::uint64_t seed = 0;
  std::string isa;
  std::string host;
  std::string cpu;
  std::string job_id;  ///< Slurm's, or empty
  std::string reprise;
  std::string revision;
  std::string compiler;
  std::string libraries;
  bool operator==(const Origin&) const = default;
};

constexpr auto fields(const Origin*) {
  return std::tuple{field("seed", &Origin::seed, "seed of the run"),
                    field("isa", &Origin::isa, "instruction set the kernels may use"),
                    field("host", &Origin::host, "host name"),
                    field("cpu", &Origin::cpu, "processor model"),
                    field("job_id", &Origin::job_id, "Slurm job, empty outside Slurm"),
                    field("reprise", &Origin::reprise, "version of reprise"),
                    field("revision", &Origin::revision, "git revision of reprise"),
                    field("compiler", &Origin::compiler, "compiler that built reprise"),
                    field("libraries", &Origin::libraries, "versions of the libraries used")};
}

/// What a row cost, and whose it is.
struct RowProvenance {
  float wall_seconds = 0;
  float cpu_seconds = 0;
  std::uint32_t rank = 0;
  std::uint32_t origin = 0;  ///< row of the segment's origins
};

constexpr auto fields(const RowProvenance*) {
  return std::tuple{field("wall_seconds", &RowProvenance::wall_seconds, "wall time of the task", "s"),
                    field("cpu_seconds", &RowProvenance::cpu_seconds, "processor time of the task", "s"),
                    field("rank", &RowProvenance::rank, "rank that computed it"),
                    field("origin", &RowProvenance::origin, "row of /origins")};
}

/// The row of `origin` in a segment's origins; it is added where it isn't there.
std::uint32_t place_of(std::vector<Origin>& origins, const Origin& origin);

/// This process's origin, but for the run's seed and instruction set.
Origin this_origin();

}  // namespace reprise
