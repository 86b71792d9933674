#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "pipeline/job/job.hpp"
#include "pipeline/run/paper.hpp"
#include "pipeline/store/file_system.hpp"

namespace reprise {

/// A job with the paper it names, checked against each other.
struct CheckedJob {
  Job job;
  const Paper* paper = nullptr;
  /// Paper, seed, scale, instruction set and all experiments' settings: what two jobs may differ in.
  Flattened meaning;
};

/// Reads a job file and checks all of it. Throws UsageError with everything that is wrong. `only`: of its
/// experiments just these, in a run of their own, whose name ends in theirs; empty for all.
CheckedJob read_checked_job(const std::filesystem::path& path, const std::vector<std::string>& only = {});
CheckedJob check_job(Job job, Complaints& complaints);

/// What a run folder was made for, as frozen before its first result: frozen.json.
struct FrozenJob {
  Flattened meaning;
  std::string isa;                                                 ///< pinned at the first start
  std::vector<std::pair<std::string, std::vector<Claim>>> claims;  ///< of each experiment
  std::string frozen_at;                                           ///< UTC
};

/// None when the folder is new or empty. Throws UsageError when it holds something that isn't a run.
std::optional<FrozenJob> read_frozen(const std::filesystem::path& run_folder);
/// Writes frozen.json and job.toml, keeping an earlier job.toml as job.e<epoch>.toml.
void freeze(const std::filesystem::path& run_folder, FileSystem& files, const CheckedJob& job,
            const FrozenJob& frozen, std::int64_t epoch);
/// Throws UsageError, with what differs, when the folder was made for another job.
void refuse_other_job(const std::filesystem::path& run_folder, const FrozenJob& frozen,
                      const CheckedJob& job);

/// The claims of an experiment as they were frozen, in the registered form otherwise.
std::vector<Claim> frozen_claims(const FrozenJob& frozen, const Experiment& experiment);

}  // namespace reprise
