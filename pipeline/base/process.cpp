#include "pipeline/base/process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace reprise {
namespace {

using Clock = std::chrono::steady_clock;

class Pipe {
 public:
  Pipe() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0)
      throw Error(fmt::format("cannot make a pipe: {}", std::strerror(errno)));
  }
  ~Pipe() {
    for (const int end : ends_) {
      if (end >= 0) ::close(end);
    }
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int to_read() const { return ends_[0]; }
  int to_write() const { return ends_[1]; }
  void close_write() { ::close(std::exchange(ends_[1], -1)); }

 private:
  std::array<int, 2> ends_{-1, -1};
};

/// What a child starts with: its working folder, and where its output goes.
class FileActions {
 public:
  FileActions() { posix_spawn_file_actions_init(&actions_); }
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  posix_spawn_file_actions_t* get() { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

/// Reads what there is; false at the end.
bool take(int from, std::string& into) {
  std::array<char, 4096> buffer{};
  const auto got = ::read(from, buffer.data(), buffer.size());
  if (got > 0) into.append(buffer.data(), static_cast<std::size_t>(got));
  return got > 0 || (got < 0 && errno == EINTR);
}

}  // namespace

ProcessOutcome run_process(std::vector<std::string> words, const ProcessSettings& settings) {
  expects(!words.empty(), "a process needs a program");
  Pipe output;
  Pipe errors;
  FileActions actions;
  if (!settings.folder.empty()) posix_spawn_file_actions_addchdir_np(actions.get(), settings.folder.c_str());
  posix_spawn_file_actions_addopen(actions.get(), STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(actions.get(), output.to_write(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(actions.get(), errors.to_write(), STDERR_FILENO);
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = 0;
  const int refused =
      posix_spawnp(&child, words[0].c_str(), actions.get(), nullptr, arguments.data(), environ);
  if (refused != 0)
    throw ProgramMissing(fmt::format("{} can't be started: {}", words[0], std::strerror(refused)));
  output.close_write();
  errors.close_write();

  ProcessOutcome outcome;
  const auto deadline = Clock::now() + settings.longest;
  bool late = false;
  std::array<pollfd, 2> ends{{{output.to_read(), POLLIN, 0}, {errors.to_read(), POLLIN, 0}}};
  while (ends[0].fd >= 0 || ends[1].fd >= 0) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0 && !late) {
      late = true;
      ::kill(child, SIGKILL);
      break;  // a grandchild may hold the pipes open
    }
    if (::poll(ends.data(), ends.size(), static_cast<int>(std::min<long>(left, 1000))) <= 0) continue;
    if (ends[0].revents != 0 && !take(ends[0].fd, outcome.output)) ends[0].fd = -1;
    if (ends[1].revents != 0 && !take(ends[1].fd, outcome.errors)) ends[1].fd = -1;
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!late && WIFEXITED(status)) outcome.exit_code = WEXITSTATUS(status);
  if (late) outcome.errors += fmt::format("{} took longer than {:g} s\n", words[0], settings.longest.count());
  return outcome;
}

bool on_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  const std::string folders = path == nullptr ? "" : path;
  for (std::size_t at = 0; at <= folders.size();) {
    const auto colon = std::min(folders.find(':', at), folders.size());
    const auto file = std::filesystem::path(folders.substr(at, colon - at)) / program;
    if (::access(file.c_str(), X_OK) == 0) return true;
    at = colon + 1;
  }
  return false;
}

}  // namespace reprise
