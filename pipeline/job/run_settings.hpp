#pragma once

#include <array>
#include <cstdint>
#include <tuple>

#include "pipeline/job/read_struct.hpp"
#include "pipeline/reflect/fields.hpp"

namespace reprise {

/// The instruction set that a job lets kernels use; `automatic` is the best that all ranks of the first start
/// have.
enum class JobIsa { automatic, sse41, avx2, avx512, avx512_vnni, avx512_bf16, avx512_amx };

constexpr auto enumerators(const JobIsa*) {
  return std::array{Enumerator{"auto", JobIsa::automatic},
                    Enumerator{"sse41", JobIsa::sse41},
                    Enumerator{"avx2", JobIsa::avx2},
                    Enumerator{"avx512", JobIsa::avx512},
                    Enumerator{"avx512_vnni", JobIsa::avx512_vnni},
                    Enumerator{"avx512_bf16", JobIsa::avx512_bf16},
                    Enumerator{"avx512_amx", JobIsa::avx512_amx}};
}

/// How a job is run: its table [run]. Nothing here changes a result, but `isa`.
struct RunSettings {
  std::int32_t retries = 1;
  double publish_seconds = 5.0;
  double publish_megabytes = 64.0;
  double checkpoint_seconds = 60.0;
  JobIsa isa = JobIsa::automatic;
};

constexpr auto fields(const RunSettings*) {
  return std::tuple{
      field("retries", &RunSettings::retries, "further tries of a task that throws"),
      field("publish_seconds", &RunSettings::publish_seconds,
            "finished results are on disk after at most so long", "s"),
      field("publish_megabytes", &RunSettings::publish_megabytes, "or when there is so much of them", "MB"),
      field("checkpoint_seconds", &RunSettings::checkpoint_seconds, "time between checkpoints of a long task",
            "s"),
      field("isa", &RunSettings::isa,
            "instruction set that kernels may use, pinned at the run's first start")};
}

void validate(const RunSettings& run, const JobTable& table);

}  // namespace reprise
