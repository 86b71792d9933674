#pragma once

#include <cstddef>
#include <filesystem>

namespace reprise {

/// How far a run is, to tell whether a start of it got anywhere.
struct Headway {
  std::size_t results = 0;      ///< published, and crashes booked
  std::size_t checkpoints = 0;  ///< saved by tasks that are not finished

  /// Checkpoints of a task that finishes are removed, so only one of the two need have grown.
  bool beyond(const Headway& before) const {
    return results > before.results || checkpoints > before.checkpoints;
  }
};

/// Reads headers and names only.
Headway headway(const std::filesystem::path& run_folder);

}  // namespace reprise
