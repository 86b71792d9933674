#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "pipeline/run/status.hpp"

namespace reprise::slurm {

/// Notes in a run folder that it was submitted: a line of slurm/jobs.jsonl.
void note_submission(const std::filesystem::path& run_folder, const std::string& job_id,
                     const std::filesystem::path& script);

/// The Slurm jobs of a run that are in the queue, and the last one that was where none is. Looks at Slurm
/// only where the run was submitted and squeue is there.
std::vector<BatchJob> jobs_of(const std::filesystem::path& run_folder);

}  // namespace reprise::slurm
