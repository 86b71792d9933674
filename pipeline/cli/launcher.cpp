#include "pipeline/cli/launcher.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "pipeline/base/errors.hpp"
#include "pipeline/run/headway.hpp"
#include "pipeline/run/progress.hpp"
#include "pipeline/run/start_watch.hpp"
#include "pipeline/run/stop_signal.hpp"
#include "pipeline/store/lock.hpp"

namespace reprise {
namespace {

constexpr const char* launch_variable = "REPRISE_LAUNCH";

std::vector<std::string> command_of(const Launch& launch) {
  std::vector<std::string> command;
  if (launch.ranks > 1) {
    // --enable-recovery: a rank that dies does not take the others with it. A coordinator that sleeps needs
    // no core of its own, so one process more than cores is right.
    command = {"mpirun",
               "-q",
               "--enable-recovery",
               "--oversubscribe",
               "--bind-to",
               "none",
               "-np",
               std::to_string(launch.ranks + 1)};
    for (const char* variable : {launch_variable, start_variable, "REPRISE_PROGRESS", "REPRISE_COLUMNS",
                                 "REPRISE_WARNING_SECONDS", "OMP_NUM_THREADS"}) {
      if (std::getenv(variable) != nullptr) command.insert(command.end(), {"-x", variable});
    }
  }
  command.push_back(launch.program);
  command.insert(command.end(), launch.arguments.begin(), launch.arguments.end());
  return command;
}

pid_t start(const std::vector<std::string>& command) {
  std::vector<char*> words;
  for (const auto& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) throw Error(fmt::format("cannot start a process: {}", std::strerror(errno)));
  if (child > 0) return child;
  // A group of its own: Ctrl-C reaches this process's parent alone, which asks the run to stop.
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(static_cast<int>(ExitCode::interrupted));
  const int nothing = ::open("/dev/null", O_RDONLY);
  if (nothing >= 0) ::dup2(nothing, STDIN_FILENO);
  ::execvp(words[0], words.data());
  const auto reason = errno;
  fmt::print(stderr, "reprise: cannot start {}: {}{}\n", command[0], std::strerror(reason),
             reason == ENOENT ? "; install Open MPI (Debian: apt install openmpi-bin), or use -n 1" : "");
  ::_exit(127);
}

struct ChildEnd {
  int status = 0;  ///< as waitpid() gives it
  bool lost_a_starting_rank = false;
};

/// Waits for the child; asks it to stop when this process is asked to, and ends it when a rank is lost that
/// the others would wait for.
ChildEnd wait_for(pid_t child, StartWatch& starting) {
  using Clock = std::chrono::steady_clock;
  ChildEnd end;
  Clock::time_point given_up;
  bool warned = false;
  bool told = false;
  for (;;) {
    const pid_t ended = ::waitpid(child, &end.status, WNOHANG);
    if (ended == child) return end;
    if (ended < 0 && errno != EINTR)
      throw Error(fmt::format("cannot wait for the run: {}", std::strerror(errno)));
    // mpirun passes these two on to the ranks; SIGTERM would kill them.
    if (!told && stop_requested() != 0) {
      ::kill(child, SIGUSR2);
      told = true;
    } else if (!warned && stop_announced()) {
      ::kill(child, SIGUSR1);
      warned = true;
    }
    if (const auto rank = starting.lost()) {
      fmt::print(stderr, "reprise: rank {} was lost while the run started\n", *rank);
      end.lost_a_starting_rank = true;
      given_up = Clock::now();
      starting.give_up();
      ::kill(child, SIGTERM);
    }
    // An mpirun whose ranks left while they connected to it may stay for ever.
    if (end.lost_a_starting_rank && Clock::now() - given_up > std::chrono::seconds(5)) ::kill(child, SIGKILL);
    ::usleep(20'000);
  }
}

void set_environment(const std::string& id, const std::string& start_address) {
  ::setenv(launch_variable, id.c_str(), 1);
  ::setenv(start_variable, start_address.c_str(), 1);
  const auto mode = progress_mode();
  ::setenv("REPRISE_PROGRESS",
           mode == ProgressDisplay::Mode::terminal ? "terminal"
           : mode == ProgressDisplay::Mode::log    ? "log"
                                                   : "none",
           0);
  ::setenv("REPRISE_COLUMNS", std::to_string(terminal_columns()).c_str(), 0);
  // mpirun refuses root unless told twice; whoever starts a run as root means to.
  if (::geteuid() == 0) {
    ::setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 0);
    ::setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 0);
  }
  ::setenv("OMP_NUM_THREADS", "1", 0);
}

}  // namespace

std::string launch_id() {
  const char* id = std::getenv(launch_variable);
  return id == nullptr ? "" : id;
}

int supervise(const Launch& launch) {
  catch_stop_signals();
  int fruitless = 0;
  for (int round = 0;; ++round) {
    const auto id = fmt::format("{}-{}-{}", ::getpid(), ::time(nullptr), round);
    StartWatch starting;
    set_environment(id, starting.address());
    const auto before = headway(launch.run_folder);
    const auto [status, lost_a_starting_rank] = wait_for(start(command_of(launch)), starting);
    const auto holder = latest_holder(launch.run_folder);
    const bool ours = holder && holder->launch == id;
    if (ours && holder->released && holder->exit_code != static_cast<int>(ExitCode::interrupted)) {
      return static_cast<int>(holder->exit_code);
    }
    if (stop_announced()) return static_cast<int>(ExitCode::interrupted);
    const bool taken_down = lost_a_starting_rank || !WIFEXITED(status) || WEXITSTATUS(status) > 128;
    // It ended by itself, with its message, but could not say so in its folder: the disk is full, or the
    // folder gone.
    if (!taken_down && (WEXITSTATUS(status) == static_cast<int>(ExitCode::failed) ||
                        WEXITSTATUS(status) == static_cast<int>(ExitCode::usage))) {
      return WEXITSTATUS(status);
    }
    // Without a holder of this launch the run never began: its message has been printed.
    if (!ours && !taken_down)
      return WEXITSTATUS(status) != 0 ? WEXITSTATUS(status) : static_cast<int>(ExitCode::failed);
    fruitless = headway(launch.run_folder).beyond(before) ? 0 : fruitless + 1;
    if (fruitless >= 2) {
      fmt::print(stderr,
                 "reprise: the run was taken down twice without getting anywhere; it is not started again. "
                 "What is stored "
                 "is kept; `reprise status {}` tells more.\n",
                 launch.run_folder.string());
      return static_cast<int>(ExitCode::interrupted);
    }
    fmt::print(stderr, "reprise: the run was taken down; going on from what is stored\n");
  }
}

}  // namespace reprise
