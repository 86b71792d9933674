#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "pipeline/store/store.hpp"

namespace reprise {

/// What reading every byte of a run, or of a packed file, came to.
struct Verification {
  std::size_t files = 0;
  std::uint64_t bytes = 0;
  std::size_t rows = 0;      ///< distinct results
  std::size_t repeated = 0;  ///< rows that are there more than once, equal in key
  double wall_seconds = 0;   ///< of all tasks stored
  double cpu_seconds = 0;
  std::vector<DamagedSegment> damaged;
  std::vector<std::string> wrong;  ///< rows whose key does not fit their input, or whose repetitions differ
  std::string digest;              ///< over all results; the same however they were computed

  bool sound() const { return damaged.empty() && wrong.empty(); }
};

/// A row of an opened segment or packed file, for as long as it is visited.
struct StoredRow {
  const TaskIdentity& task;
  const Origin& origin;
  RowProvenance provenance;
  Key key;
  ByteView input;
  ByteView output;
  std::size_t row = 0;  ///< of the segment
};

/// Visits every row of every table, a few megabytes of them at a time.
void for_each_row(const Segment& segment, const std::function<void(const StoredRow& row)>& visit);

using RowVisitor = std::function<void(const std::string& file, const StoredRow& row)>;

/// `target`: a run folder, or one packed or segment file. Throws UsageError when it is neither. `visit` sees
/// each distinct row once.
Verification verify(const std::filesystem::path& target, const RowVisitor& visit = {});

}  // namespace reprise
