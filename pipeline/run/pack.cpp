#include "pipeline/run/pack.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <compare>
#include <map>

#include "pipeline/base/errors.hpp"
#include "pipeline/report/published_store.hpp"
#include "pipeline/run/run_folder.hpp"

namespace reprise {
namespace {

namespace fs = std::filesystem;

struct PackedRow {
  Key key;
  Bytes input;
  Bytes output;
  RowProvenance provenance;
};

template <class T>
std::partial_ordering compare_as(ByteView a, ByteView b) {
  T x;
  T y;
  std::memcpy(&x, a.data(), sizeof(T));
  std::memcpy(&y, b.data(), sizeof(T));
  return x <=> y;
}

std::partial_ordering compare_elements(ElementType type, ByteView a, ByteView b) {
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

/// By the inputs' fields in order, as numbers; by key where they are equal.
bool comes_first(const PackedRow& a, const PackedRow& b, const StructSchema& schema) {
  ByteReader row_a(a.input);
  ByteReader row_b(b.input);
  for (const auto& column : schema) {
    const auto x = take_field(row_a, column).elements;
    const auto y = take_field(row_b, column).elements;
    const std::size_t size = column.type == ElementType::text ? 1 : element_size(column.type);
    for (std::size_t at = 0; at + size <= std::min(x.size(), y.size()); at += size) {
      const auto order = compare_elements(column.type, x.subspan(at, size), y.subspan(at, size));
      if (order != 0) return order < 0;
    }
    if (x.size() != y.size()) return x.size() < y.size();
  }
  return a.key < b.key;
}

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

}  // namespace

Verification pack(const fs::path& run_folder, const fs::path& target) {
  const auto frozen = read_frozen(run_folder);
  if (!frozen)
    throw UsageError(fmt::format("{} is not a run folder: there is no frozen.json", run_folder.string()));
  std::map<std::string, std::pair<TaskIdentity, std::vector<PackedRow>>> tables;
  SegmentWriter writer{Origin{}};
  const auto verified = verify(run_folder, [&](const TaskIdentity& task, const Origin& origin,
                                               RowProvenance provenance, const Key& key, ByteView input,
                                               ByteView output) {
    auto& table = tables.try_emplace(task.label(), task, std::vector<PackedRow>{}).first->second;
    provenance.origin = writer.add_origin(origin);
    table.second.push_back({key, {input.begin(), input.end()}, {output.begin(), output.end()}, provenance});
  });
  if (!verified.sound()) {
    throw Error(fmt::format(
        "{} is damaged and is not packed: run `reprise verify {}` for what is wrong, then `reprise run` "
        "to compute it again",
        run_folder.string(), run_folder.string()));
  }
  for (auto& [label, table] : tables) {
    auto& [task, rows] = table;
    std::sort(rows.begin(), rows.end(),
              [&](const PackedRow& a, const PackedRow& b) { return comes_first(a, b, task.input); });
    for (const auto& row : rows) writer.add(task, row.key, row.input, row.output, row.provenance);
    rows.clear();
  }
  const auto bytes = writer.finish({}, [&](const h5::Group& root) {
    copy_published(run_folder, root);
    const auto job = read_file(run_folder / "job.toml");
    const auto about = root.create_group("job");
    about.write_strings("toml", std::vector{std::string(text_of(job))});
    std::vector<std::string> names;
    std::vector<std::string> values;
    for (const auto& [name, value] : frozen->meaning) {
      names.push_back(name);
      values.push_back(value);
    }
    about.write_strings("setting", names);
    about.write_strings("value", values);
    about.set_attribute("frozen_at", frozen->frozen_at);
    about.set_attribute("isa", frozen->isa);
    about.set_attribute("digest", verified.digest);
  });
  publish_file(local_file_system(), fs::absolute(target), bytes);
  return verified;
}

}  // namespace reprise
