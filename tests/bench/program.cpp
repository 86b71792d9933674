#include "program.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

namespace reprise::bench {
namespace {

namespace fs = std::filesystem;

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::string text_in(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

}  // namespace

ScratchFolder::ScratchFolder() {
  auto name = (fs::temp_directory_path() / "reprise-bench-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a folder " + name);
  path_ = name;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

Started::Started(const std::vector<std::string>& command, const fs::path& output) : began_(now()) {
  std::vector<char*> words;
  for (const auto& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  child_ = ::fork();
  if (child_ < 0) throw std::runtime_error("cannot start a process");
  if (child_ > 0) return;
  const int log = ::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  ::setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 0);
  ::setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 0);
  ::execvp(words[0], words.data());
  ::_exit(127);
}

Finished Started::wait() const {
  int status = 0;
  rusage usage{};
  if (::wait4(child_, &status, 0, &usage) != child_) throw std::runtime_error("cannot wait for a process");
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return {now() - began_, seconds(usage.ru_utime) + seconds(usage.ru_stime),
          std::uint64_t{1024} * static_cast<std::uint64_t>(usage.ru_maxrss),
          WIFEXITED(status) ? WEXITSTATUS(status) : -1};
}

Finished run_program(const std::vector<std::string>& command, const fs::path& output) {
  const auto finished = Started(command, output).wait();
  if (finished.exit_code != 0) {
    throw std::runtime_error(
        fmt::format("{} ended with {}:\n{}", command.front(), finished.exit_code, text_in(output)));
  }
  return finished;
}

std::string synthetic_program() {
  return REPRISE_BENCH_SYNTHETIC;
}

std::vector<std::string> mpirun(int ranks) {
  return {REPRISE_BENCH_MPIRUN,  "-q",   "--oversubscribe",
          "--bind-to",           "none", "--mca",
          "mpi_yield_when_idle", "1",    "-np",
          std::to_string(ranks)};
}

fs::path write_job(const fs::path& folder, const std::string& experiment, const std::string& settings,
                   const std::string& run_settings) {
  std::ofstream(folder / "job.toml") << fmt::format(
      "paper = \"synthetic\"\nscale = \"custom\"\n\n[run]\n{}\n\n[experiments.{}]\n{}\n", run_settings,
      experiment, settings);
  return folder / "job.toml";
}

std::vector<std::string> run_command(const fs::path& folder, int ranks) {
  return {synthetic_program(), "run", (folder / "job.toml").string(), "-n", std::to_string(ranks), "--runs",
          folder.string()};
}

nlohmann::json progress_of(const fs::path& folder) {
  return nlohmann::json::parse(text_in(folder / "job" / "progress.json"));
}

}  // namespace reprise::bench
