#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace reprise::slurm {

/// What a batch job does when its run was interrupted.
struct RequeueDecision {
  bool requeue = false;
  std::string reason;  ///< why not, and what to do
};

/// Looks at how far the run was at each of the job's earlier requeues. A job goes on for as long as that gets
/// anywhere: two allocations in a row without a new result, checkpoint or booked crash end it, and so does
/// `most`.
RequeueDecision decide_requeue(const std::filesystem::path& run_folder, const std::string& job,
                               std::size_t most);

/// Decides, notes it among the run's events, and asks Slurm to requeue the job that this process belongs to.
/// Returns the exit code of the batch job. A job that was `terminated` is requeued only when it was
/// preempted, not after scancel.
int requeue_this_job(const std::filesystem::path& run_folder, std::size_t most, bool terminated);

}  // namespace reprise::slurm
