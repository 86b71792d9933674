#pragma once

#include <filesystem>
#include <functional>

#include "pipeline/store/file_system.hpp"
#include "pipeline/store/segment.hpp"

namespace reprise {

/// Publishes a segment that is too large for memory, as publish_file does: it is written below a temporary
/// name while `fill` makes it, and appears whole or not at all. `header` says the rows; bytes and checksum
/// are filled in at the end. What earlier attempts left under the temporary name is written over; after a
/// failure nothing is left there.
void publish_large_segment(FileSystem& files, const std::filesystem::path& target, SegmentHeader header,
                           const std::function<void(const h5::Group& root)>& fill);

}  // namespace reprise
