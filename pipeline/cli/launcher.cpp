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
#include <fstream>
#include <optional>

#include "pipeline/base/errors.hpp"
#include "pipeline/run/headway.hpp"
#include "pipeline/run/progress.hpp"
#include "pipeline/run/start_watch.hpp"
#include "pipeline/run/stop_signal.hpp"
#include "pipeline/store/lock.hpp"

namespace reprise {
namespace {

constexpr const char* launch_variable = "REPRISE_LAUNCH";
constexpr const char* exit_code_variable = "REPRISE_EXIT_CODE";

std::vector<std::string> command_of(const Launch& launch) {
  std::vector<std::string> command;
  if (launch.ranks > 1) {
    // --enable-recovery: a rank that dies does not take the others with it. A coordinator that sleeps needs
    // no core of its own, so one process more than cores is right.
    // Where ranks are on several hosts mpirun stays for ever when one exits with anything but 0 while it
    // recovers, unless it is told not to mind; how the run ended is told by its folder, or by
    // exit_code_file().
    command = {"mpirun",
               "-q",
               "--enable-recovery",
               "--mca",
               "orte_abort_on_non_zero_status",
               "0",
               "--oversubscribe",
               "--bind-to",
               "none",
               "-np",
               std::to_string(launch.ranks + 1)};
    for (const char* variable :
         {launch_variable, exit_code_variable, start_variable, "REPRISE_PROGRESS", "REPRISE_COLUMNS",
          "REPRISE_WARNING_SECONDS", "REPRISE_BIND", "REPRISE_START_SECONDS", "OMP_NUM_THREADS"}) {
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

/// Where the coordinator leaves its exit code when it can't in its run folder: beside it, on the disk that
/// all share.
std::filesystem::path exit_code_file(const std::filesystem::path& run_folder, const std::string& launch) {
  return run_folder.parent_path() / fmt::format(".{}.{}.exit", run_folder.filename().string(), launch);
}

/// What the coordinator left there; none when it had no need to, or no time.
std::optional<int> take_exit_code(const std::filesystem::path& file) {
  std::optional<int> code;
  int value = 0;
  if (std::ifstream(file) >> value) code = value;
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
  return code;
}

struct ChildEnd {
  int status = 0;  ///< as waitpid() gives it
  bool lost_a_starting_rank = false;
};

/// Waits for what was started, passes on what this process is asked for, and ends it when it stays though its
/// run is over: mpirun waits for ever for ranks that left while it started, and for daemons of its own on
/// nodes that were lost.
class Supervision {
 public:
  Supervision(pid_t child, StartWatch& starting, std::filesystem::path run_folder, std::string launch,
              std::filesystem::path left_code)
      : child_(child),
        starting_(starting),
        run_folder_(std::move(run_folder)),
        launch_(std::move(launch)),
        left_code_(std::move(left_code)) {}

  ChildEnd wait() {
    for (;;) {
      const pid_t ended = ::waitpid(child_, &end_.status, WNOHANG);
      if (ended == child_) return end_;
      if (ended < 0 && errno != EINTR)
        throw Error(fmt::format("cannot wait for the run: {}", std::strerror(errno)));
      pass_on_stops();
      if (const auto rank = starting_.lost()) {
        fmt::print(stderr, "reprise: rank {} was lost while the run started\n", *rank);
        end_.lost_a_starting_rank = true;
        starting_.give_up();
        finish_off(std::chrono::seconds(0));
      }
      if (Clock::now() - looked_ > std::chrono::seconds(1)) {
        looked_ = Clock::now();
        if (run_is_over()) finish_off(std::chrono::seconds(5));
      }
      if (finish_at_ && Clock::now() > *finish_at_) ::kill(child_, SIGTERM);
      if (finish_at_ && Clock::now() > *finish_at_ + std::chrono::seconds(5)) ::kill(child_, SIGKILL);
      ::usleep(20'000);
    }
  }

 private:
  using Clock = std::chrono::steady_clock;

  void pass_on_stops() {
    // mpirun passes these two on to the ranks; SIGTERM would kill them.
    if (!told_ && stop_requested() != 0) {
      ::kill(child_, SIGUSR2);
      told_ = true;
    } else if (!warned_ && stop_announced()) {
      ::kill(child_, SIGUSR1);
      warned_ = true;
    }
  }

  /// The coordinator has let go of the folder, or it is gone, or it never got that far.
  bool run_is_over() const {
    if (std::filesystem::exists(left_code_)) return true;
    const auto holder = latest_holder(run_folder_);
    return holder && holder->launch == launch_ && (holder->released || !holder->alive(stale_after_seconds));
  }

  void finish_off(std::chrono::seconds grace) {
    if (!finish_at_) finish_at_ = Clock::now() + grace;
  }

  pid_t child_;
  StartWatch& starting_;
  std::filesystem::path run_folder_;
  std::string launch_;
  std::filesystem::path left_code_;
  ChildEnd end_;
  Clock::time_point looked_ = Clock::now();
  std::optional<Clock::time_point> finish_at_;
  bool warned_ = false;
  bool told_ = false;
};

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

void leave_exit_code(int code) {
  const char* file = std::getenv(exit_code_variable);
  if (file == nullptr || code == 0) return;
  std::error_code ignored;  // a run that never began has no folder yet
  std::filesystem::create_directories(std::filesystem::path(file).parent_path(), ignored);
  std::ofstream(file) << code << '\n';
}

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
    const auto left_code = exit_code_file(std::filesystem::absolute(launch.run_folder), id);
    ::setenv(exit_code_variable, left_code.c_str(), 1);
    const auto before = headway(launch.run_folder);
    const auto [status, lost_a_starting_rank] =
        Supervision(start(command_of(launch)), starting, launch.run_folder, id, left_code).wait();
    const auto said = take_exit_code(left_code);
    const auto holder = latest_holder(launch.run_folder);
    const bool ours = holder && holder->launch == id;
    if (ours && holder->released && holder->exit_code != static_cast<int>(ExitCode::interrupted)) {
      return static_cast<int>(holder->exit_code);
    }
    if (stop_announced()) return static_cast<int>(ExitCode::interrupted);
    const bool taken_down = lost_a_starting_rank || !WIFEXITED(status) || WEXITSTATUS(status) > 128;
    // mpirun's own exit code says nothing of the run once it has begun: it may be of daemons that were told
    // to end.
    const bool own_code = WIFEXITED(status) && !taken_down && (launch.ranks == 1 || !ours);
    const int code = said.value_or(own_code ? WEXITSTATUS(status) : 0);
    // It ended by itself, with its message, but could not say so in its folder: the disk is full, or the
    // folder gone.
    if (code == static_cast<int>(ExitCode::failed) || code == static_cast<int>(ExitCode::usage)) return code;
    // Without a holder of this launch the run never began: its message has been printed. Where its ranks did
    // not come, another start may do.
    const bool no_ranks = code == static_cast<int>(ExitCode::interrupted);
    if (!ours && !taken_down && !no_ranks) return code != 0 ? code : static_cast<int>(ExitCode::failed);
    fruitless = headway(launch.run_folder).beyond(before) ? 0 : fruitless + 1;
    if (fruitless >= 2) {
      fmt::print(stderr,
                 "reprise: the run was taken down twice without getting anywhere; it is not started again. "
                 "What is stored is kept; `reprise status {}` tells more.\n",
                 launch.run_folder.string());
      return static_cast<int>(ExitCode::interrupted);
    }
    fmt::print(stderr, "reprise: the run was taken down; going on from what is stored\n");
  }
}

}  // namespace reprise
