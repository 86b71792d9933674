#include "pipeline/run/checkpoints.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "pipeline/base/errors.hpp"

namespace reprise {
namespace {

namespace fs = std::filesystem;

struct NoInput {};
constexpr auto fields(const NoInput* /*unused*/) {
  return std::tuple{};
}

bool same_columns(const StructSchema& a, const StructSchema& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const ColumnSchema& x, const ColumnSchema& y) {
    return x.name == y.name && x.type == y.type && x.extent == y.extent &&
           (x.extent != Extent::fixed || x.length == y.length) && x.enumerators == y.enumerators;
  });
}

/// Numbers and paths of the checkpoints in a task's folder, newest first.
std::vector<std::pair<long, fs::path>> numbered(const fs::path& folder) {
  std::vector<std::pair<long, fs::path>> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".h5") {
      found.emplace_back(std::strtol(entry.path().stem().c_str(), nullptr, 10), entry.path());
    }
  }
  std::sort(found.rbegin(), found.rend());
  return found;
}

}  // namespace

std::size_t checkpoints_saved(const fs::path& run_folder) {
  std::size_t saved = 0;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(run_folder / "checkpoints", error)) {
    const auto all = numbered(entry.path());
    if (!all.empty()) saved += static_cast<std::size_t>(all.front().first) + 1;
  }
  return saved;
}

Checkpoints::Checkpoints(fs::path run_folder, FileSystem& files, Origin origin)
    : folder_(std::move(run_folder) / "checkpoints"), files_(files), origin_(std::move(origin)) {}

std::vector<std::pair<long, fs::path>> Checkpoints::of(const Key& key) const {
  return numbered(folder_ / key.hex());
}

void Checkpoints::save(const Key& key, const StructSchema& schema, ByteView state) {
  const auto earlier = of(key);
  const long number = earlier.empty() ? 0 : earlier.front().first + 1;
  SegmentWriter writer(origin_);
  writer.add({"checkpoint", 1, schema_of<NoInput>(), schema}, key, {}, state, {});
  SegmentHeader header;
  header.sequence = number;
  files_.create_folders(folder_ / key.hex());
  publish_file(files_, folder_ / key.hex() / fmt::format("{}.h5", number), writer.finish(header));
  for (std::size_t i = 1; i < earlier.size(); ++i) files_.remove(earlier[i].second);
}

std::optional<Bytes> Checkpoints::load(const Key& key, const StructSchema& schema) const {
  for (const auto& [number, file] : of(key)) {
    try {
      const auto segment = Segment::open_verified(file);
      const auto& table = segment.table_of(0);
      if (table.keys.at(0) == key && same_columns(table.task.output, schema))
        return table.output.read(0, 1).at(0);
    } catch (const DamagedFile&) {
      continue;
    }
  }
  return std::nullopt;
}

void Checkpoints::remove(const Key& key) {
  for (const auto& [number, file] : of(key)) files_.remove(file);
  std::error_code ignored;
  fs::remove_all(folder_ / key.hex(), ignored);
}

void Checkpoints::clean(const std::function<bool(const Key&)>& finished) {
  std::error_code error;
  std::vector<Key> done;
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    try {
      const auto key = Key::from_hex(entry.path().filename().string());
      if (finished(key)) done.push_back(key);
    } catch (const UsageError&) {
      continue;  // no folder of ours
    }
  }
  for (const auto& key : done) remove(key);
}

}  // namespace reprise
