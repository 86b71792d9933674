#include "empty_rows.hpp"

#include <algorithm>

#include "pipeline/run/paper.hpp"
#include "pipeline/store/file_system.hpp"
#include "pipeline/store/store.hpp"

namespace reprise::bench {

EmptyRows::EmptyRows(const std::string& isa)
    : kind_(*find_task_kind("synthetic.empty")),
      context_(key_context(kind_.identity, 1, isa)),
      origin_(this_origin()) {
  origin_.seed = 1;
  origin_.isa = isa;
}

void EmptyRows::add_to(SegmentWriter& segment, std::uint64_t first, std::uint64_t count) const {
  for (std::uint64_t i = first; i < first + count; ++i) {
    Bytes input, output;
    append_value(input, i);
    append_value(output, 0.5 * static_cast<double>(i));
    // Times of empty tasks are a microsecond or so, and differ a little.
    const float seconds = 1e-6F + 1e-9F * static_cast<float>(i * 7919 % 101);
    segment.add(kind_.identity, task_key(context_, input), input, output,
                {seconds, seconds, static_cast<std::uint32_t>(1 + i % 4), 0});
  }
}

std::uint64_t publish_rows(const std::filesystem::path& folder, const EmptyRows& empty, std::uint64_t first,
                           std::uint64_t rows, std::uint64_t rows_a_segment) {
  auto& files = local_file_system();
  files.create_folders(folder / "segments");
  std::uint64_t bytes = 0;
  SegmentHeader header;
  header.epoch = 1;
  header.rank = 1;  // rank 0's names are taken where a run was before
  for (std::uint64_t at = 0; at < rows; at += rows_a_segment, ++header.sequence) {
    SegmentWriter segment(empty.origin());
    empty.add_to(segment, first + at, std::min(rows_a_segment, rows - at));
    const auto image = segment.finish(header);
    bytes += image.size();
    publish_file(files, folder / "segments" / header.file_name(), image);
  }
  return bytes;
}

}  // namespace reprise::bench
