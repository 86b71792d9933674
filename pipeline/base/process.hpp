#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/base/errors.hpp"

namespace reprise {

/// What another program said and how it ended.
struct ProcessOutcome {
  std::optional<int> exit_code;  ///< none when a signal ended it or time was up
  std::string output;
  std::string errors;

  bool succeeded() const { return exit_code == 0; }
};

/// Thrown when a program is not on the PATH, or not to be run.
class ProgramMissing : public Error {
 public:
  using Error::Error;
};

struct ProcessSettings {
  std::filesystem::path folder = {};          ///< its working folder; empty: this process's
  std::chrono::duration<double> longest{60};  ///< then it is killed
};

/// Runs a program to its end, without a terminal or input of its own. `words`: the program, looked for on the
/// PATH, and its arguments. Throws ProgramMissing.
ProcessOutcome run_process(std::vector<std::string> words, const ProcessSettings& settings = {});

/// Whether a program of this name is on the PATH.
bool on_path(const std::string& program);

}  // namespace reprise
