#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "pipeline/run/plan.hpp"

namespace reprise {

/// Why a task of a job will run: what differs between it and the stored row of the same task that is nearest.
struct Reason {
  std::string task;  ///< with its input
  std::string experiment;
  std::vector<std::string>
      differences;      ///< "field replicate: stored 3, now 7"; empty when nothing like it is stored
  std::string nearest;  ///< the stored row, with its input
};

/// For the plan's absent tasks.
std::vector<Reason> explain(const Plan& plan, const CheckedJob& job, const std::string& isa);

}  // namespace reprise
