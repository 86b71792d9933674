#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "pipeline/slurm/profile.hpp"

namespace reprise::slurm {

/// One run of a batch: a job file, or one experiment of it.
struct Element {
  std::filesystem::path job_file;    ///< absolute
  std::string experiment;            ///< empty: all of the job
  std::filesystem::path run_folder;  ///< absolute
};

/// What `reprise submit` was asked for, the profile's values where the command line said nothing.
struct Batch {
  std::vector<Element> elements;  ///< more than one: a job array
  std::filesystem::path program;  ///< of reprise, absolute
  std::string command;            ///< `reprise submit ...` as it was typed
  std::string name;               ///< of the Slurm job
  Profile site;
  std::int32_t nodes = 1;
  std::int32_t ntasks = 0;           ///< 0: not said
  std::int32_t ntasks_per_node = 0;  ///< 0: not said
  std::int32_t cpus_per_task = 1;
  std::string time;
  bool chain = false;  ///< one of several jobs that follow each other: none requeues itself
  bool adopt = false;
};

/// The text of the batch script: bash, commented, to be kept.
std::string batch_script(const Batch& batch);

}  // namespace reprise::slurm
