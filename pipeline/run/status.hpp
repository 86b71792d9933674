#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/run/progress.hpp"
#include "pipeline/store/lock.hpp"

namespace reprise {

/// A Slurm job of a run, as the queue shows it.
struct BatchJob {
  std::string id;
  std::string state;  ///< Slurm's word: "PENDING", "RUNNING"
  std::string reason;
  std::string start;  ///< when it started or is expected to
  std::string time_left;
};

/// What can be told of a run folder from outside, while it runs, afterwards or after a crash.
struct RunStatus {
  std::filesystem::path folder;
  std::string state;  ///< "running", "interrupted", "complete", "failed", "crashed", "not started"
  std::optional<Holder> holder;
  std::vector<StageProgress> stages;
  std::vector<TaskFailure> failures;
  std::size_t failure_count = 0;
  std::uint64_t stored = 0;  ///< rows in segments, by their headers
  std::size_t segments = 0;
  std::vector<std::string> damaged;  ///< segments whose header is wrong
  std::size_t starts = 0;
  std::size_t lost_ranks = 0;
  std::size_t requeues = 0;
  std::string not_requeued;     ///< why its last job did not requeue itself; empty when it did
  std::vector<BatchJob> slurm;  ///< filled in by who can ask Slurm
  std::size_t crashes = 0;
  double wall_seconds = 0;  ///< of all starts, pauses left out
  double coordinator_cpu_share = 0;
  std::uint64_t coordinator_memory = 0;
  std::string updated;  ///< when the run last wrote its progress
};

/// Reads headers and small files only: a run of 10^7 results takes well below a second. Throws UsageError
/// when the folder is no run.
RunStatus read_status(const std::filesystem::path& run_folder);

nlohmann::ordered_json to_json(const RunStatus& status);
std::string to_text(const RunStatus& status);

}  // namespace reprise
