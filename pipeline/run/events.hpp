#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "pipeline/base/key.hpp"
#include "pipeline/store/file_system.hpp"

namespace reprise {

/// What happened to a run: one JSON object a line in events.jsonl, appended. Starts, ends, failures, crashes,
/// lost ranks, damaged segments. A line torn by a crash is skipped when read.
class Events {
 public:
  Events(std::filesystem::path run_folder, FileSystem& files, std::int64_t epoch);
  /// Adds "time" (UTC), "epoch" and "event" to `details`. Never throws for a full disk: an event is not worth
  /// a run.
  void add(const std::string& event, const nlohmann::json& details);

 private:
  std::filesystem::path file_;
  FileSystem& files_;
  std::int64_t epoch_;
};

/// All events, oldest first.
std::vector<nlohmann::json> read_events(const std::filesystem::path& run_folder);

}  // namespace reprise
