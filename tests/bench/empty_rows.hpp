#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "pipeline/run/task.hpp"
#include "pipeline/store/segment.hpp"

namespace reprise::bench {

/// Rows of the synthetic paper's empty tasks, as a real run of seed 1 stores them.
class EmptyRows {
 public:
  explicit EmptyRows(const std::string& isa);
  /// Adds the rows of tasks [first, first + count).
  void add_to(SegmentWriter& segment, std::uint64_t first, std::uint64_t count) const;
  const Origin& origin() const { return origin_; }

 private:
  const TaskKind& kind_;
  Key context_;
  Origin origin_;
};

/// Publishes `rows` rows, from task `first` on, in segments of `rows_a_segment` to `folder`/segments. Returns
/// the bytes of the files.
std::uint64_t publish_rows(const std::filesystem::path& folder, const EmptyRows& empty, std::uint64_t first,
                           std::uint64_t rows, std::uint64_t rows_a_segment);

}  // namespace reprise::bench
