#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "pipeline/store/file_system.hpp"
#include "pipeline/store/segment.hpp"

namespace reprise {

/// Checkpoints of long tasks: checkpoints/<key>/<n>.h5, written like segments (one row, checksummed, renamed
/// into place). The last two of a task are kept, so one that turns out damaged costs an interval, not the
/// task.
class Checkpoints {
 public:
  Checkpoints(std::filesystem::path run_folder, FileSystem& files, Origin origin);

  void save(const Key& key, const StructSchema& schema, ByteView state);
  /// The newest whole checkpoint with this schema; older ones are tried when it is damaged.
  std::optional<Bytes> load(const Key& key, const StructSchema& schema) const;
  void remove(const Key& key);
  /// Removes the checkpoints of tasks that `finished` says are done.
  void clean(const std::function<bool(const Key&)>& finished);

 private:
  /// Numbers and paths of a task's checkpoints, newest first.
  std::vector<std::pair<long, std::filesystem::path>> of(const Key& key) const;
  std::filesystem::path folder_;
  FileSystem& files_;
  Origin origin_;
};

/// How many checkpoints unfinished tasks have saved, those counted that were replaced since.
std::size_t checkpoints_saved(const std::filesystem::path& run_folder);

}  // namespace reprise
