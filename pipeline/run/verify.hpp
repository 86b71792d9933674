#pragma once

#include <filesystem>
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

/// Visits every row of every table of an opened segment or packed file.
using RowVisitor =
    std::function<void(const TaskIdentity& task, const Origin& origin, const RowProvenance& provenance,
                       const Key& key, ByteView input, ByteView output)>;
void for_each_row(const Segment& segment, const RowVisitor& visit);

/// `target`: a run folder, or one packed or segment file. Throws UsageError when it is neither. `visit` sees
/// each distinct row once.
Verification verify(const std::filesystem::path& target, const RowVisitor& visit = {});

}  // namespace reprise
