#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "pipeline/report/published.hpp"

namespace reprise {

/// The paper a run reproduces.
struct PaperIdentity {
  std::string id;  ///< the folder's name: "kde"
  std::string title;
  std::string authors;
  std::string citation;  ///< venue and year
  std::string url;       ///< empty: no link
};

/// Tasks by state; the four words are the same everywhere.
struct TaskStates {
  std::size_t done = 0;
  std::size_t failed = 0;
  std::size_t not_run = 0;
  std::size_t set_aside = 0;  ///< took their process down too often to be granted again

  std::size_t all() const { return done + failed + not_run + set_aside; }
};

/// The tasks of one kind in one experiment, and what they cost.
struct StageTasks {
  std::string experiment;  ///< Published::experiment
  std::string stage;       ///< the task's name
  TaskStates tasks;
  double core_hours = 0;
};

/// A task that failed or was set aside.
struct FailedTask {
  std::string experiment;
  std::string task;
  std::string input;    ///< as text: "dim=100 bandwidth=0.5"
  std::string message;  ///< the exception's message, or the signal
  bool set_aside = false;
  int attempts = 1;
};

/// A host that took part in a run.
struct MachineUse {
  std::string host;
  std::string cpu;
  std::string isa;  ///< instruction set of the kernels
  int ranks = 0;
};

struct RunCost {
  double core_hours = 0;    ///< CPU time of all tasks, also of those that failed
  double wall_seconds = 0;  ///< from the first start to the last end, pauses left out
  int starts = 1;
  int resumes = 0;   ///< starts after the first
  int requeues = 0;  ///< resumes that the job asked Slurm for itself
};

/// One line of provenance: a name and what was found.
struct ProvenanceEntry {
  std::string name;
  std::string value;
};

/// All that the report shows of one run folder.
struct RunReport {
  PaperIdentity paper;
  std::string job;           ///< the job's name
  std::string scale;         ///< "smoke" or "paper"; smoke runs never speak for the paper's own tables
  std::string run_folder;    ///< as the user named it
  std::string command_line;  ///< what started it
  std::string revision;      ///< git revision of the program
  std::string seed;
  bool complete = false;  ///< every experiment ended
  RunCost cost;
  std::vector<StageTasks> stages = {};
  std::vector<FailedTask> failures = {};
  std::vector<MachineUse> machines = {};
  std::vector<ProvenanceEntry> provenance = {};  ///< library versions, compiler, digest of the results, ...
  std::vector<Published> experiments = {};
  std::vector<std::string> notes = {};  ///< what the reader has to know of this run, in plain words
};

struct Report {
  std::string title;
  std::vector<RunReport> runs;
  std::string generated_at;     ///< as shown
  std::string program_version;  ///< "reprise 0.1.0 (abc1234)"
};

}  // namespace reprise
