#include "pipeline/run/packed_table.hpp"

#include <algorithm>
#include <cmath>
#include <compare>
#include <numeric>

namespace reprise {
namespace {

template <class T>
std::strong_ordering compare_as(ByteView a, ByteView b) {
  T x;
  T y;
  std::memcpy(&x, a.data(), sizeof(T));
  std::memcpy(&y, b.data(), sizeof(T));
  if (x < y) return std::strong_ordering::less;
  if (y < x) return std::strong_ordering::greater;
  if constexpr (std::is_floating_point_v<T>) return std::isnan(x) <=> std::isnan(y);
  return std::strong_ordering::equal;
}

std::strong_ordering compare_elements(ElementType type, ByteView a, ByteView b) {
  switch (type) {
    case ElementType::i32:
    case ElementType::enumeration:
      return compare_as<std::int32_t>(a, b);
    case ElementType::i64:
      return compare_as<std::int64_t>(a, b);
    case ElementType::u32:
      return compare_as<std::uint32_t>(a, b);
    case ElementType::u64:
      return compare_as<std::uint64_t>(a, b);
    case ElementType::f32:
      return compare_as<float>(a, b);
    case ElementType::f64:
      return compare_as<double>(a, b);
    default:
      return std::lexicographical_compare_three_way(a.begin(), a.end(), b.begin(), b.end());
  }
}

}  // namespace

PackedTable::PackedTable(const TaskIdentity& task)
    : task_(task), input_(task.input), output_(task.output), inputs_(std::size_t{64} << 10U) {}

void PackedTable::add(const StoredRow& row, std::uint32_t segment, std::uint32_t origin) {
  input_.add(row.input);
  output_.add(row.output);
  auto provenance = row.provenance;
  provenance.origin = origin;
  const auto size = row.input.size();
  auto* const kept = static_cast<std::byte*>(inputs_.allocate(std::max<std::size_t>(size, 1), 1));
  std::copy(row.input.begin(), row.input.end(), kept);
  rows_.push_back(
      {row.key, {kept, size}, {segment, static_cast<std::uint32_t>(row.row)}, provenance, row.output.size()});
}

bool PackedTable::comes_first(const Row& a, const Row& b) const {
  ByteReader row_a(a.input);
  ByteReader row_b(b.input);
  for (const auto& column : task_.input) {
    const auto x = take_field(row_a, column).elements;
    const auto y = take_field(row_b, column).elements;
    const std::size_t size = element_size(column.type);
    for (std::size_t at = 0; at + size <= std::min(x.size(), y.size()); at += size) {
      const auto order = compare_elements(column.type, x.subspan(at, size), y.subspan(at, size));
      if (order != 0) return order < 0;
    }
    if (x.size() != y.size()) return x.size() < y.size();
  }
  return a.key < b.key;
}

void PackedTable::sort() {
  std::sort(rows_.begin(), rows_.end(), [this](const Row& a, const Row& b) { return comes_first(a, b); });
}

std::size_t PackedTable::end_of_block(std::size_t first, std::size_t block_bytes) const {
  constexpr std::size_t overhead = 64;  // of a row's own allocation
  std::size_t last = first;
  for (std::size_t bytes = 0; last < rows_.size(); ++last) {
    bytes += rows_[last].output_bytes + overhead;
    if (last > first && bytes > block_bytes) break;
  }
  return last;
}

/// Outputs of rows [first, last), read in the order in which they are stored: each block of stored rows once.
std::vector<Bytes> PackedTable::fetch(std::size_t first, std::size_t last,
                                      const std::vector<std::string>& segments, RowReader& outputs) const {
  std::vector<std::size_t> stored(last - first);
  std::iota(stored.begin(), stored.end(), first);
  std::sort(stored.begin(), stored.end(), [this](std::size_t a, std::size_t b) {
    const auto& x = rows_[a].place;
    const auto& y = rows_[b].place;
    return std::pair(x.segment, x.row) < std::pair(y.segment, y.row);
  });
  std::vector<Bytes> fetched(last - first);
  for (const auto row : stored)
    fetched[row - first] = outputs.output(segments[rows_[row].place.segment], rows_[row].place.row);
  return fetched;
}

void PackedTable::write(const h5::Group& group, const std::vector<std::string>& segments, RowReader& outputs,
                        std::size_t block_bytes, Digest& written) const {
  const auto& provenance_schema = schema_of<RowProvenance>();
  ColumnsLayout provenance_layout(provenance_schema);
  for (const auto& row : rows_) provenance_layout.add(encode(row.provenance));
  auto keys = begin_table(group, task_, rows_.size());
  ColumnsAppender input(group.create_group("input"), input_);
  ColumnsAppender output(group.create_group("output"), output_);
  ColumnsAppender provenance(group.create_group("provenance"), provenance_layout);
  for (std::size_t first = 0; first < rows_.size();) {
    const auto last = end_of_block(first, block_bytes);
    const auto fetched = fetch(first, last, segments, outputs);
    for (; first < last; ++first) {
      const auto& row = rows_[first];
      const auto& bytes = fetched[first + fetched.size() - last];
      keys.append(std::as_bytes(std::span(&row.key, 1)));
      input.add(row.input);
      output.add(bytes);
      provenance.add(encode(row.provenance));
      written.add(row.key, bytes);
    }
  }
  keys.finish();
  input.finish();
  output.finish();
  provenance.finish();
}

}  // namespace reprise
