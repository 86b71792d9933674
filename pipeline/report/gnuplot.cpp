#include "pipeline/report/gnuplot.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace reprise::reporting {
namespace {

constexpr const char* kScript = "figures.gp";
constexpr const char* kMessages = "gnuplot.log";

/// What a child starts with: its working folder and where its output goes.
class FileActions {
 public:
  FileActions() { posix_spawn_file_actions_init(&actions_); }
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;

  void start_in(const std::filesystem::path& folder) {
    posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str());
  }
  void open(int descriptor, const char* path, int flags) {
    posix_spawn_file_actions_addopen(&actions_, descriptor, path, flags, 0644);
  }
  void duplicate(int from, int to) { posix_spawn_file_actions_adddup2(&actions_, from, to); }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

GnuplotOutcome run_gnuplot(const std::string& program, const std::string& script,
                           const std::filesystem::path& folder) {
  {
    std::ofstream file(folder / kScript, std::ios::binary);
    file << script;
    if (!file.flush()) {
      throw std::runtime_error(
          fmt::format("can't write {}: {}", (folder / kScript).string(), std::strerror(errno)));
    }
  }
  FileActions actions;
  actions.start_in(folder);
  actions.open(STDIN_FILENO, "/dev/null", O_RDONLY);
  actions.open(STDOUT_FILENO, kMessages, O_WRONLY | O_CREAT | O_TRUNC);
  actions.duplicate(STDOUT_FILENO, STDERR_FILENO);

  std::string name = program, defaults = "-d", file = kScript;
  std::array<char*, 4> arguments{name.data(), defaults.data(), file.data(), nullptr};
  pid_t child = 0;
  const int refused =
      posix_spawnp(&child, program.c_str(), actions.get(), nullptr, arguments.data(), environ);
  if (refused != 0) {
    throw GnuplotMissing(fmt::format("{} can't be started ({}); install it with: apt-get install gnuplot-nox",
                                     program, std::strerror(refused)));
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR)
      throw std::runtime_error(fmt::format("waiting for {}: {}", program, std::strerror(errno)));
  }
  return {WIFEXITED(status) && WEXITSTATUS(status) == 0, contents(folder / kMessages)};
}

}  // namespace reprise::reporting
