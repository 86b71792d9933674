#pragma once

#include <filesystem>
#include <utility>

namespace reprise::reporting {

/// A folder that is made anew and goes with everything in it at the end of its scope, unless it was moved
/// away.
class ScratchFolder {
 public:
  /// Throws std::filesystem::filesystem_error if the folder can't be made.
  explicit ScratchFolder(std::filesystem::path path) : path_(std::move(path)) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace reprise::reporting
