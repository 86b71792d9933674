#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/base/errors.hpp"

namespace reprise::slurm {

/// Whether this machine can submit: sbatch is on the PATH.
bool available();

/// Submits a batch script, trying again for half a minute while the controller is busy. Returns the job's id.
/// Throws UsageError with what sbatch said when it refuses the job (partition, account, limits).
std::string submit(const std::filesystem::path& script);

/// Asks Slurm to start a job again from its batch script, trying again while the controller is busy. Throws
/// Error.
void requeue(const std::string& job_id);

/// Whether Slurm says that it ends a job to make room for another. False where it can't be asked.
bool preempted(const std::string& job_id);

/// A job as the queue shows it.
struct QueuedJob {
  std::string id;     ///< "123", "123_4" for an element of an array
  std::string state;  ///< "PENDING", "RUNNING", ...
  std::string reason;
  std::string start;  ///< when it started or is expected to; empty: not known
  std::string time_left;
};

/// Those of the jobs that are in the queue. None where the controller doesn't answer in a few seconds, or
/// there is no squeue: that is no error.
std::optional<std::vector<QueuedJob>> queued(const std::vector<std::string>& job_ids);

/// The last state that accounting knows of a job; empty where there is no accounting.
std::string accounted_state(const std::string& job_id);

/// Why jobs that are preempted in a partition are not requeued: empty where they are, or where it can't be
/// told. `partition`: empty for the default one.
std::string requeue_problem(const std::string& partition);

/// What the batch job that this process belongs to may use.
struct Allocation {
  int tasks = 0;  ///< 0: not said
  int cpus = 0;   ///< of all nodes
  int cpus_per_task = 1;

  /// One a task, or one for each cpus_per_task CPUs.
  int workers() const;
};
/// None outside of Slurm.
std::optional<Allocation> this_allocation();
/// "16(x2),8" -> 40. Throws UsageError for anything else.
int total_cpus(const std::string& cpus_per_node);

}  // namespace reprise::slurm
