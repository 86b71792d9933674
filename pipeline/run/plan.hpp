#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "pipeline/run/drivers.hpp"
#include "pipeline/run/simulate.hpp"
#include "pipeline/store/store.hpp"

namespace reprise {

/// A task that is not in the store, as `reprise why` looks into it.
struct AbsentTask {
  const TaskKind* kind = nullptr;
  Key key;
  Bytes input;
  std::string experiment;
};

struct PlannedStage {
  std::string experiment;
  std::string stage;
  std::string task;
  std::size_t size = 0;
  std::size_t stored = 0;
  std::size_t shared = 0;       ///< not stored, but an earlier stage asks for the same
  StageLoad absent;             ///< what is to be run
  bool measured = false;        ///< times and bytes come from stored rows, not from what the task expects
  double bytes = 0;             ///< on disk, of what is to be run
  bool bytes_at_least = false;  ///< arrays whose length isn't known yet come on top
};

/// What a job would do, found by running its drivers over the store without running tasks.
struct Plan {
  std::filesystem::path folder;
  std::vector<PlannedStage> stages;
  std::vector<std::string>
      open_ended;  ///< experiments whose later tasks depend on results that aren't there yet
  std::vector<std::string> problems;  ///< drivers that failed, with why
  std::vector<DamagedSegment> damaged;
  std::size_t stored_rows = 0;
  std::uint64_t stored_bytes = 0;
  std::vector<AbsentTask> absent;  ///< the first few, for `why`

  bool complete() const;
};

/// `keep`: how many absent tasks to keep whole. Changes nothing on disk.
Plan make_plan(const CheckedJob& job, const std::filesystem::path& run_folder, std::size_t keep = 0);

/// Prints what would run; returns the exit code.
int show_plan(const Plan& plan);

}  // namespace reprise
