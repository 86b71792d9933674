#pragma once

#include <algorithm>
#include <chrono>
#include <deque>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "pipeline/run/ledger.hpp"

namespace reprise {

/// One stage of one experiment, summed over its maps.
struct StageProgress {
  std::string experiment;
  std::string stage;
  std::size_t size = 0;
  std::size_t done = 0;
  std::size_t reused = 0;
  std::size_t failed = 0;
  std::size_t set_aside = 0;
  double core_seconds = 0;  ///< CPU time of its tasks
  double rate = 0;          ///< tasks a second, lately
  double eta = -1;          ///< seconds; negative: not known
  std::string word;         ///< how far one of its tasks is, where it told

  std::size_t not_run() const { return size - std::min(size, done + failed + set_aside); }
  bool finished() const { return not_run() == 0; }
};

/// Keeps the recent past of every stage, for rates and ETAs.
class ProgressMeter {
 public:
  /// The stages in the order they began.
  std::vector<StageProgress> measure(const std::vector<Mapping>& mappings);

 private:
  using Clock = std::chrono::steady_clock;
  struct Past {
    Clock::time_point at;
    std::size_t done;
  };
  std::vector<std::pair<std::string, std::deque<Past>>> past_;
};

nlohmann::ordered_json to_json(const std::vector<StageProgress>& stages);
std::vector<StageProgress> stages_from(const nlohmann::ordered_json& json);

/// "regimes: estimate 1,204/3,000  213/s  ETA 8 s  2 failed"
std::string progress_line(const StageProgress& stage);
/// "8 s", "3 min 20 s", "2 h 5 min"
std::string show_duration(double seconds);
/// 1204567 as "1,204,567".
std::string show_count(std::size_t count);

/// Draws progress on standard error: on a terminal a line a running experiment, redrawn in place; in a log a
/// line now and then.
class ProgressDisplay {
 public:
  enum class Mode { none, log, terminal };
  explicit ProgressDisplay(Mode mode, int columns = 80) : mode_(mode), columns_(columns) {}
  void show(const std::vector<StageProgress>& stages);
  /// Prints a line above the progress lines.
  void say(const std::string& line);
  /// Leaves the last state standing.
  void finish(const std::vector<StageProgress>& stages);

 private:
  using Clock = std::chrono::steady_clock;
  void erase();
  void draw(const std::vector<std::string>& lines);
  Mode mode_;
  int columns_;
  std::size_t drawn_ = 0;
  std::vector<std::string> last_;
  Clock::time_point last_log_{};
  std::chrono::seconds between_logs_{2};
};

/// How this process should show progress: what its launcher said (it knows the terminal), else by standard
/// error.
ProgressDisplay::Mode progress_mode();
int terminal_columns();

}  // namespace reprise
