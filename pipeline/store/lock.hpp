#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "pipeline/reflect/fields.hpp"
#include "pipeline/store/file_system.hpp"

namespace reprise {

/// Who holds or held a run folder: the content of holders/e<epoch>.json.
struct Holder {
  std::int64_t epoch = 0;
  std::string host;
  std::string boot_id;  ///< of the host: a pid means nothing after a reboot
  std::int64_t pid = 0;
  std::int64_t pid_started = 0;   ///< in clock ticks since boot: a pid may be reused
  std::string job_id;             ///< Slurm's, or empty
  std::int64_t job_restarts = 0;  ///< how often Slurm had started that job again
  std::int64_t ranks = 0;
  std::string command;
  std::string started;  ///< UTC, ISO 8601
  std::string launch;   ///< names the launch, so that a launcher finds its own outcome
  bool released = false;
  std::int64_t exit_code = -1;  ///< of a released holder
  double heartbeat_age = 0;     ///< seconds, by the file system's own clock; only when read back

  /// Whether it still holds the folder: not released, its process alive (same host) or its heartbeat fresh.
  bool alive(double stale_seconds) const;
};

/// Seconds without a heartbeat after which a holder on another host counts as dead.
inline constexpr double stale_after_seconds = 60;

/// The latest holder of a run folder; none when nobody ever held it.
std::optional<Holder> latest_holder(const std::filesystem::path& run_folder);

/// Holds a run folder, so that two runs never mix. Holding it is having created the highest-numbered file of
/// holders/: creation is exclusive on every file system, so of many starters one gets each number, and a
/// taker-over needs no deletion that could race. A holder that finds a higher number was fenced off and must
/// stop.
class RunLock {
 public:
  /// Throws UsageError naming the holder when the folder is held by a live one. A dead holder on this host is
  /// taken over at once, one on another host after stale_seconds without a heartbeat, and one of the same
  /// Slurm job at once when Slurm has started the job again since: what is left of it on a node that was cut
  /// off ends at its heartbeat.
  static RunLock acquire(const std::filesystem::path& run_folder, FileSystem& files, Holder self,
                         double stale_seconds = stale_after_seconds);

  /// Says "still here". Throws Error when another holder has taken over or the folder is gone.
  void heartbeat();
  void release(int exit_code);
  std::int64_t epoch() const { return self_.epoch; }
  const Holder& self() const { return self_; }

 private:
  RunLock(std::filesystem::path file, FileSystem& files, Holder self)
      : file_(std::move(file)), files_(&files), self_(std::move(self)) {}
  std::filesystem::path file_;
  FileSystem* files_;
  Holder self_;
};

/// Waits until the holder of a folder, on another host and silent, counts as dead. Returns at once when there
/// is none, when it is on this host, and as soon as it is heard again. For batch jobs that start again after
/// they lost a node.
void wait_out_silent_holder(const std::filesystem::path& run_folder,
                            double stale_seconds = stale_after_seconds);

/// Host, boot, pid, Slurm job and start time of this process.
Holder this_process();

}  // namespace reprise
