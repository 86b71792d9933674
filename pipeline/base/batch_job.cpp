#include "pipeline/base/batch_job.hpp"

#include <cstdlib>

namespace reprise {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

std::string batch_job_id() {
  const auto array = environment("SLURM_ARRAY_JOB_ID");
  return array.empty() ? environment("SLURM_JOB_ID") : array + "_" + environment("SLURM_ARRAY_TASK_ID");
}

}  // namespace reprise
