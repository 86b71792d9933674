#include "pipeline/store/large_segment.hpp"

#include <limits>

namespace reprise {
namespace {

namespace fs = std::filesystem;

void write_segment(FileSystem& files, const fs::path& file, SegmentHeader header,
                   const std::function<void(const h5::Group&)>& fill) {
  // Room for the header before its numbers are known.
  header.bytes = std::numeric_limits<std::uint64_t>::max();
  header.header_bytes = segment_header_text(header).size();
  const auto out = files.create(file);
  h5::write_file(*out, header.header_bytes, fill);
  header.bytes = fs::file_size(file) - header.header_bytes;
  header.checksum = hash_file(file, header.header_bytes);
  out->write_at(0, segment_header_text(header, header.header_bytes));
  out->close();
}

}  // namespace

void publish_large_segment(FileSystem& files, const fs::path& target, SegmentHeader header,
                           const std::function<void(const h5::Group&)>& fill) {
  auto temporary = target;
  temporary += ".tmp";
  try {
    write_segment(files, temporary, std::move(header), fill);
    files.sync(temporary);
    files.rename(temporary, target);
  } catch (...) {
    try {
      files.remove(temporary);
    } catch (...) {  // the first failure says more
    }
    throw;
  }
  files.sync_folder(target.parent_path());
}

}  // namespace reprise
