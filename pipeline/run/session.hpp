#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "pipeline/run/ledger.hpp"
#include "pipeline/run/mpi_world.hpp"
#include "pipeline/run/run_folder.hpp"
#include "pipeline/store/file_system.hpp"

namespace reprise {

/// A request to run, or go on with, a job.
struct RunRequest {
  std::filesystem::path job_file;
  std::filesystem::path runs = "runs";  ///< the run folder is runs/<job's name>
  std::vector<std::string> only;        ///< experiments; empty: all of the job's
  bool adopt = false;                   ///< go on in a folder that was made for another job
  bool retry_set_aside = false;         ///< forget crashes: tasks that were set aside get another chance
  std::string command;                  ///< as typed, for the record
  std::string launch;                   ///< names this launch; empty: none asked

  std::filesystem::path folder(const Job& job) const { return runs / job.name; }
};

/// What a run came to.
struct RunOutcome {
  ExitCode code = ExitCode::done;
  std::size_t executed = 0;  ///< tasks run in this session
  std::size_t stored = 0;    ///< results in the store
  std::vector<TaskFailure> failures;
  std::vector<std::string> messages;  ///< for the user, in order
  std::filesystem::path folder;       ///< of the run
};

/// Runs a job to its end, or as far as it gets: takes the folder, indexes what is there, runs the drivers,
/// each in a thread of its own, hands out their tasks and publishes what comes back. `world`: the MPI job,
/// null for this process alone. Returns only on the coordinator. Throws Error (or what the file system threw)
/// when it can't go on; what was published stays.
RunOutcome run_job(const RunRequest& request, MpiWorld* world, FileSystem& files);

}  // namespace reprise
