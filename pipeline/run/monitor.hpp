#pragma once

#include <condition_variable>
#include <exception>
#include <filesystem>
#include <functional>
#include <mutex>
#include <thread>

#include "pipeline/run/progress.hpp"
#include "pipeline/store/lock.hpp"

namespace reprise {

/// The coordinator's thread that shows it is alive: heartbeat of the lock, progress.json for `reprise
/// status`, and the progress lines on standard error.
class Monitor {
 public:
  Monitor(std::filesystem::path run_folder, FileSystem& files, RunLock& lock, const Ledger& ledger,
          const Store& store, std::int64_t ranks, std::function<void()> on_error);
  ~Monitor();
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  /// Throws when the heartbeat failed: the run was taken over, or its folder is gone.
  void check();
  void say(const std::string& line);
  /// Last state, shown and written.
  void finish();

 private:
  /// What earlier starts of the run cost, as they left it in progress.json.
  struct Earlier {
    double wall_seconds = 0;
    std::vector<StageProgress> stages;  ///< only their names and CPU time count
  };
  static Earlier read_earlier(const std::filesystem::path& file);
  void work();
  void write(bool running);

  std::filesystem::path file_;
  Earlier earlier_;
  FileSystem& files_;
  RunLock& lock_;
  const Ledger& ledger_;
  const Store& store_;
  std::int64_t ranks_;
  std::function<void()> on_error_;
  std::mutex mutex_;
  std::condition_variable closing_changed_;
  bool closing_ = false;
  std::exception_ptr error_;
  ProgressMeter meter_;
  ProgressDisplay display_;
  std::chrono::steady_clock::time_point started_;
  std::thread thread_;
};

}  // namespace reprise
