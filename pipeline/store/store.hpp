#pragma once

#include <filesystem>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "pipeline/store/file_system.hpp"
#include "pipeline/store/key_index.hpp"
#include "pipeline/store/segment.hpp"

namespace reprise {

/// A stored row as another rank finds it: by its segment's file name, not by its key.
struct RowAddress {
  std::string segment;
  std::uint32_t row = 0;
};

/// Reads outputs by their place, keeping recently used blocks of rows in memory. Any rank may have one.
class RowReader {
 public:
  explicit RowReader(std::filesystem::path segments, std::size_t cache_bytes = std::size_t{64} << 20U)
      : segments_(std::move(segments)), cache_bytes_(cache_bytes) {}
  /// The encoded output of a row. Throws DamagedFile naming the segment.
  Bytes output(const std::string& segment, std::uint32_t row);

 private:
  struct Block {
    std::string id;
    std::string segment;
    std::size_t first = 0;  ///< row of the segment
    std::vector<Bytes> rows;
    std::size_t bytes = 0;
  };
  struct Opened {
    std::string name;
    Segment segment;
    std::vector<std::size_t> rows_a_block;  ///< of each table
  };
  const Opened& opened(const std::string& name);
  const Block& block_of(const std::string& segment, std::uint32_t row);

  std::filesystem::path segments_;
  std::size_t cache_bytes_;
  std::size_t held_bytes_ = 0;
  std::list<Block> blocks_;  ///< most recently used first
  std::unordered_map<std::string, std::list<Block>::iterator> by_id_;
  std::list<Opened> opened_;  ///< most recently used first
};

struct DamagedSegment {
  std::string name;
  std::string reason;
};

struct ScanResult {
  std::size_t segments = 0;
  std::size_t rows = 0;
  std::vector<DamagedSegment> damaged;
};

/// All published results of a run: which keys are there, and where. Held by the coordinator.
class Store {
 public:
  Store(std::filesystem::path run_folder, FileSystem& files);

  /// Reads and checks every segment and indexes its keys; damaged ones count as not there.
  ScanResult scan();
  /// For the holder of the run: also moves damaged segments to segments/damaged/ (their tasks run again) and
  /// removes what unfinished publications left.
  ScanResult scan_and_tidy();

  bool has(const Key& key) const;
  /// Of each key, whether it is there: the misses of an index larger than the caches overlap, which between
  /// the locks of single calls they don't.
  std::vector<bool> has(std::span<const Key> keys) const;
  /// Throws Error when the key isn't there.
  Bytes output(const Key& key);
  std::optional<RowAddress> address(const Key& key) const;
  std::size_t size() const;
  std::size_t index_bytes() const;

  /// Makes the rows durable and then known. Returns the new segment's name.
  std::string publish(const SegmentWriter& rows, const SegmentHeader& header);
  /// Indexes a segment that another rank published, by its keys in row order.
  void adopt(const std::string& segment, const std::vector<Key>& keys);
  /// Indexes what a rank published and did not live to tell. Returns the keys of these segments.
  std::vector<Key> adopt_left_by(std::int64_t epoch, std::int64_t rank);

  const std::filesystem::path& segments_folder() const { return segments_; }

 private:
  ScanResult scan(const std::function<void(const DamagedSegment&)>& on_damaged);
  void index(const std::string& segment, const std::vector<Key>& keys);

  std::filesystem::path segments_;
  FileSystem& files_;
  mutable std::mutex mutex_;
  KeyIndex index_;
  std::vector<std::string> names_;
  std::mutex reader_mutex_;
  RowReader reader_;
};

/// Names of the segments in a folder, sorted.
std::vector<std::string> list_segments(const std::filesystem::path& segments);

/// An order-independent digest of results: the sum of every row's hash over key and output, modulo 2^128.
class Digest {
 public:
  void add(const Key& key, ByteView output);
  std::string hex() const { return sum_.hex(); }

 private:
  Key sum_;
};

}  // namespace reprise
