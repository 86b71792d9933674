#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace reprise::bench {

/// A new folder below the one for temporary files; removed with all that is in it.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// What a program took that was run to its end.
struct Finished {
  double seconds = 0;
  double cpu_seconds = 0;        ///< of it and of the processes it waited for
  std::uint64_t peak_bytes = 0;  ///< resident, of the largest of it and the processes it waited for
  int exit_code = 0;             ///< -1: a signal ended it
};

/// A program that was started: its output goes to a file.
class Started {
 public:
  Started(const std::vector<std::string>& command, const std::filesystem::path& output);
  /// Waits until it ends.
  Finished wait() const;

 private:
  pid_t child_ = -1;
  double began_ = 0;
};

/// Runs a program to its end. Throws std::runtime_error with its output when it fails.
Finished run_program(const std::vector<std::string>& command, const std::filesystem::path& output);

/// The program of the synthetic paper, and mpirun with `ranks` processes, as words of a command. Ranks that
/// wait yield their core: without it a loop of blocking receives spins away the time of others.
std::string synthetic_program();
std::vector<std::string> mpirun(int ranks);

/// Writes a job of the synthetic paper to `folder`/job.toml: one experiment with its settings as TOML lines.
std::filesystem::path write_job(const std::filesystem::path& folder, const std::string& experiment,
                                const std::string& settings, const std::string& run_settings = "");
/// The command that runs it on `ranks` worker ranks, into `folder`/job.
std::vector<std::string> run_command(const std::filesystem::path& folder, int ranks);
/// What such a run last said of itself: progress.json.
nlohmann::json progress_of(const std::filesystem::path& folder);

}  // namespace reprise::bench
