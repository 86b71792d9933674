#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace reprise {

/// How `reprise run` starts itself again, as one process or under mpirun.
struct Launch {
  std::string program;
  std::vector<std::string> arguments;  ///< of `reprise run`
  int ranks = 1;                       ///< worker ranks; with more than one, one more process coordinates
  std::filesystem::path run_folder;
};

/// Starts the run, passes Ctrl-C and SIGTERM on as a request to stop, and starts it again when a task took it
/// down, for as long as that gets anywhere. Returns the run's exit code.
int supervise(const Launch& launch);

/// Tells supervise(), from the coordinator under mpirun, how the run ended.
void leave_exit_code(int code);

/// Set by supervise() in the environment of what it starts; empty in a process that the user started.
std::string launch_id();

}  // namespace reprise
