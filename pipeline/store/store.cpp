#include "pipeline/store/store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "pipeline/base/errors.hpp"

namespace reprise {

namespace fs = std::filesystem;

namespace {

/// Rows of all segments, by their headers: the index need not grow, which would hold it twice.
std::size_t promised_rows(const fs::path& folder, const std::vector<std::string>& segments) {
  // Damage must not make it reserve more than files can hold: a row has a key.
  std::size_t rows = 0;
  for (const auto& name : segments) {
    try {
      const auto header = read_segment_header(folder / name);
      rows += std::min<std::size_t>(header.row_count(), header.bytes / sizeof(Key));
    } catch (const DamagedFile&) {
      continue;  // the scan says so
    }
  }
  return rows;
}

}  // namespace

std::vector<std::string> list_segments(const fs::path& segments) {
  std::vector<std::string> names;
  if (!fs::exists(segments)) return names;
  for (const auto& entry : fs::directory_iterator(segments)) {
    if (entry.path().extension() == ".h5" && entry.is_regular_file())
      names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

const RowReader::Opened& RowReader::opened(const std::string& name) {
  for (auto it = opened_.begin(); it != opened_.end(); ++it) {
    if (it->name == name) {
      opened_.splice(opened_.begin(), opened_, it);
      return opened_.front();
    }
  }
  Opened opened{name, Segment::open(segments_ / name), {}};
  for (const auto& table : opened.segment.tables()) {
    opened.rows_a_block.push_back(table.output.rows_in(std::size_t{1} << 19U));
  }
  constexpr std::size_t kept_open = 32;
  opened_.push_front(std::move(opened));
  if (opened_.size() > kept_open) opened_.pop_back();
  return opened_.front();
}

const RowReader::Block& RowReader::block_of(const std::string& segment, std::uint32_t row) {
  const auto holds = [&](const Block& block) {
    return row >= block.first && row - block.first < block.rows.size() && block.segment == segment;
  };
  // Rows are mostly asked for one after another.
  if (!blocks_.empty() && holds(blocks_.front())) return blocks_.front();
  const auto& open = opened(segment);
  const auto& table = open.segment.table_of(row);
  const std::size_t in_block =
      open.rows_a_block[static_cast<std::size_t>(&table - open.segment.tables().data())];
  const std::size_t in_table = (row - table.first_row) / in_block * in_block;
  const std::size_t first = table.first_row + in_table;
  const auto id = fmt::format("{}:{}", segment, first);
  if (const auto found = by_id_.find(id); found != by_id_.end()) {
    blocks_.splice(blocks_.begin(), blocks_, found->second);
    return blocks_.front();
  }
  Block block{id, segment, first, table.output.read(in_table, std::min(in_block, table.rows - in_table))};
  for (const auto& each : block.rows) block.bytes += each.size() + sizeof(Bytes);
  held_bytes_ += block.bytes;
  blocks_.push_front(std::move(block));
  by_id_[id] = blocks_.begin();
  while (held_bytes_ > cache_bytes_ && blocks_.size() > 1) {
    held_bytes_ -= blocks_.back().bytes;
    by_id_.erase(blocks_.back().id);
    blocks_.pop_back();
  }
  return blocks_.front();
}

Bytes RowReader::output(const std::string& segment, std::uint32_t row) {
  try {
    const auto& block = block_of(segment, row);
    return block.rows.at(row - block.first);
  } catch (const DamagedFile& error) {
    throw DamagedFile(
        fmt::format("segment {} is damaged: {}; run the same command again: it will be set aside and its "
                    "tasks run again",
                    (segments_ / segment).string(), error.what()));
  }
}

Store::Store(fs::path run_folder, FileSystem& files)
    : segments_(std::move(run_folder) / "segments"), files_(files), reader_(segments_) {}

ScanResult Store::scan() {
  return scan([](const DamagedSegment&) {});
}

ScanResult Store::scan_and_tidy() {
  files_.create_folders(segments_);
  for (const auto& entry : fs::directory_iterator(segments_)) {
    if (entry.path().extension() == ".tmp") files_.remove(entry.path());
  }
  return scan([&](const DamagedSegment& damaged) {
    files_.create_folders(segments_ / "damaged");
    files_.rename(segments_ / damaged.name, segments_ / "damaged" / damaged.name);
    files_.sync_folder(segments_);
  });
}

ScanResult Store::scan(const std::function<void(const DamagedSegment&)>& on_damaged) {
  const std::scoped_lock lock(mutex_);
  const auto segments = list_segments(segments_);
  index_.reserve(index_.size() + promised_rows(segments_, segments));
  ScanResult result;
  for (const auto& name : segments) {
    try {
      const auto keys = read_verified_keys(segments_ / name);
      index(name, keys);
      result.rows += keys.size();
      ++result.segments;
    } catch (const DamagedFile& error) {
      result.damaged.push_back({name, error.what()});
      on_damaged(result.damaged.back());
    }
  }
  return result;
}

void Store::index(const std::string& segment, const std::vector<Key>& keys) {
  const auto id = static_cast<std::uint32_t>(names_.size());
  names_.push_back(segment);
  for (std::uint32_t row = 0; row < keys.size(); ++row) index_.insert(keys[row], {id, row});
}

bool Store::has(const Key& key) const {
  const std::scoped_lock lock(mutex_);
  return index_.find(key).has_value();
}

std::vector<bool> Store::has(std::span<const Key> keys) const {
  std::vector<bool> there(keys.size());
  const std::scoped_lock lock(mutex_);
  for (std::size_t i = 0; i < keys.size(); ++i) there[i] = index_.contains(keys[i]);
  return there;
}

std::size_t Store::size() const {
  const std::scoped_lock lock(mutex_);
  return index_.size();
}

std::size_t Store::index_bytes() const {
  const std::scoped_lock lock(mutex_);
  return index_.bytes();
}

std::optional<RowAddress> Store::address(const Key& key) const {
  const std::scoped_lock lock(mutex_);
  const auto location = index_.find(key);
  if (!location) return std::nullopt;
  return RowAddress{names_[location->segment], location->row};
}

Bytes Store::output(const Key& key) {
  const auto where = address(key);
  if (!where) throw Error(fmt::format("no result is stored under key {}", key.hex()));
  const std::scoped_lock lock(reader_mutex_);
  return reader_.output(where->segment, where->row);
}

std::string Store::publish(const SegmentWriter& rows, const SegmentHeader& header) {
  const auto name = header.file_name();
  const auto bytes = rows.finish(header);
  publish_file(files_, segments_ / name, bytes);
  adopt(name, rows.keys());
  return name;
}

void Store::adopt(const std::string& segment, const std::vector<Key>& keys) {
  const std::scoped_lock lock(mutex_);
  index(segment, keys);
}

std::vector<Key> Store::adopt_left_by(std::int64_t epoch, std::int64_t rank) {
  const auto prefix = fmt::format("e{}-r{:04}-", epoch, rank);
  std::set<std::string> told;
  {
    const std::scoped_lock lock(mutex_);
    std::copy_if(names_.begin(), names_.end(), std::inserter(told, told.end()),
                 [&](const std::string& name) { return name.starts_with(prefix); });
  }
  std::vector<Key> left;
  for (const auto& name : list_segments(segments_)) {
    if (!name.starts_with(prefix) || told.contains(name)) continue;
    try {
      const auto keys = read_verified_keys(segments_ / name);
      files_.sync_folder(segments_);  // it may have died before it did
      adopt(name, keys);
      left.insert(left.end(), keys.begin(), keys.end());
    } catch (const DamagedFile&) {
      continue;  // the next start sets it aside
    }
  }
  return left;
}

void Digest::add(const Key& key, ByteView output) {
  Bytes bytes;
  append_value(bytes, key);
  append(bytes, output);
  const Key hash = hash_bytes(bytes);
  sum_.low += hash.low;
  sum_.high += hash.high + (sum_.low < hash.low ? 1 : 0);
}

}  // namespace reprise
