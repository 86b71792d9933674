#include "pipeline/run/pack.hpp"

#include <fmt/format.h>

#include <map>

#include "pipeline/base/errors.hpp"
#include "pipeline/report/published_store.hpp"
#include "pipeline/run/packed_table.hpp"
#include "pipeline/run/run_folder.hpp"
#include "pipeline/store/h5_file.hpp"
#include "pipeline/store/large_segment.hpp"

namespace reprise {
namespace {

namespace fs = std::filesystem;

void copy_published(const fs::path& run_folder, const h5::Group& root) {
  const auto folder = run_folder / "published";
  if (!fs::exists(folder)) return;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".h5") continue;
    const auto name = "published/" + entry.path().stem().string();
    const auto file = h5::File::open(entry.path());
    write_published(root.create_group(name), read_published(file.root().open_group(name)));
  }
}

void write_about(const fs::path& run_folder, const FrozenJob& frozen, const std::string& digest,
                 const h5::Group& group) {
  const auto job = read_file(run_folder / "job.toml");
  group.write_strings("toml", std::vector{std::string(text_of(job))});
  std::vector<std::string> names;
  std::vector<std::string> values;
  for (const auto& [name, value] : frozen.meaning) {
    names.push_back(name);
    values.push_back(value);
  }
  group.write_strings("setting", names);
  group.write_strings("value", values);
  group.set_attribute("frozen_at", frozen.frozen_at);
  group.set_attribute("isa", frozen.isa);
  group.set_attribute("digest", digest);
}

/// What a run folder holds, but for the outputs.
struct Contents {
  std::vector<std::string> segments;
  std::vector<Origin> origins{Origin{}};
  std::map<std::string, PackedTable> tables;  ///< by label, the order in which HDF5 lists them
  PackedTable* last = nullptr;                ///< of the row before

  void add(const std::string& segment, const StoredRow& row) {
    if (segments.empty() || segments.back() != segment) segments.push_back(segment);
    if (last == nullptr || last->task().version != row.task.version || last->task().name != row.task.name)
      last = &tables.try_emplace(row.task.label(), row.task).first->second;
    last->add(row, static_cast<std::uint32_t>(segments.size() - 1), place_of(origins, row.origin));
  }
};

}  // namespace

Verification pack(const fs::path& run_folder, const fs::path& target, FileSystem& files,
                  std::size_t block_bytes) {
  const auto frozen = read_frozen(run_folder);
  if (!frozen)
    throw UsageError(fmt::format("{} is not a run folder: there is no frozen.json", run_folder.string()));
  Contents contents;
  const auto verified = verify(
      run_folder, [&](const std::string& segment, const StoredRow& row) { contents.add(segment, row); });
  if (!verified.sound()) {
    throw Error(fmt::format(
        "{} is damaged and is not packed: run `reprise verify {}` for what is wrong, then `reprise run` "
        "to compute it again",
        run_folder.string(), run_folder.string()));
  }
  SegmentHeader header;
  for (const auto& [label, table] : contents.tables) header.rows.emplace_back(label, table.rows());
  publish_large_segment(files, fs::absolute(target), header, [&](const h5::Group& root) {
    constexpr std::size_t cache_bytes = std::size_t{16} << 20U;
    RowReader outputs(run_folder / "segments", cache_bytes);
    Digest written;
    write_origins(root, contents.origins);
    for (auto table = contents.tables.begin(); table != contents.tables.end();
         table = contents.tables.erase(table)) {
      const auto group = root.create_group("tasks/" + table->first);
      table->second.sort();
      table->second.write(group, contents.segments, outputs, block_bytes, written);
    }
    if (written.hex() != verified.digest) {
      throw Error(
          fmt::format("{} changed while it was packed: run the same command again", run_folder.string()));
    }
    copy_published(run_folder, root);
    write_about(run_folder, *frozen, verified.digest, root.create_group("job"));
  });
  return verified;
}

}  // namespace reprise
