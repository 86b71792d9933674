#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "pipeline/base/key.hpp"
#include "pipeline/store/columns.hpp"
#include "pipeline/store/h5_file.hpp"
#include "pipeline/store/origin.hpp"

namespace reprise {

/// What a stored row's task was: enough to store, read and check it without the code of the task.
struct TaskIdentity {
  std::string name;
  std::int32_t version = 1;
  StructSchema input;
  StructSchema output;

  /// "name@version", the table's name in files and headers.
  std::string label() const;
};

/// The part of a key that all tasks of one kind share in a run; a task's key is the hash of it and of the
/// input's canonical bytes (which hold the keys of the results it reads).
Key key_context(const TaskIdentity& task, std::uint64_t seed, std::string_view isa);
Key task_key(const Key& context, ByteView input);

/// A segment is one HDF5 file behind a text header (HDF5's user block, so `head -3` and h5dump both read it):
///
///   reprise segment 4096
///   {"format":1,"epoch":2,"rank":3,"sequence":17,"rows":{"kde.draw@1":1000},"bytes":...,"xxh128":"..."}
///   xxh128 <hash of the two lines above>
///
/// `bytes` and `xxh128` are the size and hash of all that follows the header. A segment is never changed.
struct SegmentHeader {
  std::size_t header_bytes = 0;
  std::int64_t epoch = 0;  ///< which holder of the run wrote it
  std::int64_t rank = 0;
  std::int64_t sequence = 0;
  std::vector<std::pair<std::string, std::uint64_t>> rows;  ///< of each table
  std::uint64_t bytes = 0;
  Key checksum;

  std::string file_name() const;
  std::uint64_t row_count() const;
};

/// Bytes that are sure to hold any header of this version.
inline constexpr std::size_t largest_header = std::size_t{1} << 20U;

/// Throws DamagedFile: not a segment, of a newer format, cut short, or changed.
SegmentHeader parse_segment_header(ByteView front);
/// Two lines, the hash of both, newlines up to the header's size: that is `least` or a larger power of two.
Bytes segment_header_text(const SegmentHeader& header, std::size_t least = 4096);
/// Reads a segment's header alone, and checks the file's size against it.
SegmentHeader read_segment_header(const std::filesystem::path& file);

/// Gathers rows and makes a segment's bytes of them.
class SegmentWriter {
 public:
  explicit SegmentWriter(const Origin& origin) : origins_{origin} {}

  void add(const TaskIdentity& task, const Key& key, ByteView input, ByteView output,
           RowProvenance provenance);
  std::uint32_t add_origin(const Origin& origin) { return place_of(origins_, origin); }

  std::size_t rows() const { return rows_; }
  std::size_t bytes() const;
  /// All keys in the order of the finished segment's rows.
  std::vector<Key> keys() const;
  /// `header` needs epoch, rank and sequence; the rest is filled in. `add_more` may add to the file.
  Bytes finish(SegmentHeader header, const std::function<void(const h5::Group& root)>& add_more = {}) const;

 private:
  struct Table {
    TaskIdentity task;
    std::vector<Key> keys;
    ColumnsWriter input;
    ColumnsWriter output;
    ColumnsWriter provenance;
  };
  Table& table_of(const TaskIdentity& task);
  std::vector<std::unique_ptr<Table>> tables_;
  std::vector<Origin> origins_;
  std::size_t rows_ = 0;
};

/// One task's table in an opened segment.
struct SegmentTable {
  TaskIdentity task;
  std::size_t first_row = 0;  ///< number of its first row within the segment
  std::size_t rows = 0;
  std::vector<Key> keys;
  ColumnsReader input;
  ColumnsReader output;
  ColumnsReader provenance;
};

/// A larger file is hashed first and then read again by HDF5 as it needs to; of a smaller one, the bytes that
/// are checked are the bytes that HDF5 gets.
inline constexpr std::size_t most_checked_in_memory = std::size_t{64} << 20U;

/// The HDF5 file behind a segment's header after every byte was checked against that.
struct VerifiedFile {
  SegmentHeader header;
  h5::File file;
};
/// Throws DamagedFile.
VerifiedFile open_verified_file(const std::filesystem::path& file,
                                std::size_t most_in_memory = most_checked_in_memory);

/// A segment opened for reading.
class Segment {
 public:
  /// Opens by name; HDF5's own checksums guard what is read. Throws DamagedFile.
  static Segment open(const std::filesystem::path& file);
  /// Reads every byte and checks it against the header first. Throws DamagedFile.
  static Segment open_verified(const std::filesystem::path& file,
                               std::size_t most_in_memory = most_checked_in_memory);

  const std::vector<SegmentTable>& tables() const { return tables_; }
  const std::vector<Origin>& origins() const { return origins_; }
  /// The table that holds a row of the segment.
  const SegmentTable& table_of(std::size_t row) const;

 private:
  explicit Segment(h5::File file);
  h5::File file_;
  std::vector<SegmentTable> tables_;
  std::vector<Origin> origins_;
};

/// All keys of a segment in the order of its rows, and nothing else of it, after every byte was checked as by
/// Segment::open_verified: opening the columns takes far longer where segments are many and small. Throws
/// DamagedFile.
std::vector<Key> read_verified_keys(const std::filesystem::path& file,
                                    std::size_t most_in_memory = most_checked_in_memory);

/// What a segment begins with, its tables aside.
void write_origins(const h5::Group& root, const std::vector<Origin>& origins);
/// What one task's table below a group begins with: its keys, to be filled in. Input, output and provenance
/// are columns in groups of these names.
h5::Appender begin_table(const h5::Group& group, const TaskIdentity& task, std::size_t rows);

}  // namespace reprise
