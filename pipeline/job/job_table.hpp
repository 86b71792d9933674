#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/job/complaints.hpp"
#include "pipeline/job/toml_value.hpp"

namespace reprise {

/// A table of a job file: its keys with their places. A cheap handle; the parsed file lives as long as any.
class JobTable {
 public:
  /// An empty table that is in no file: read_struct() gives the defaults.
  JobTable();
  /// The whole of a job's text. Throws Refusal at a syntax error.
  static JobTable parse(Source source);

  /// "experiments.fluctuations"; empty for the whole file.
  const std::string& name() const { return name_; }
  /// A key's name in full, as messages and flatten() give it.
  std::string full_name(std::string_view key) const;

  /// In the file's order.
  std::vector<std::string> keys() const;
  bool contains(std::string_view key) const { return find(key) != nullptr; }
  const TomlEntry* find(std::string_view key) const { return table_->find(key); }
  /// A table within; nothing when there is no such key. Throws Refusal when it isn't a table.
  std::optional<JobTable> sub(std::string_view key) const;

  /// "job.toml:7:8" of a key, or of the table when it lacks the key.
  std::string location(std::string_view key) const;

  /// Throws Refusal: the file, line and column of the key's value (of the table when it lacks the
  /// key; only the file where that table is all of it), the key's name in full followed by `what` ("must be
  /// at least 1"), the source line and a caret.
  [[noreturn]] void refuse(std::string_view key, std::string_view what) const;
  /// The same when `holds` is false; but within read_struct() it goes on, so that all mistakes are told at
  /// once.
  void require(bool holds, std::string_view key, std::string_view what) const;
  /// Refuses each key that isn't in `known`, with the nearest one that is; collects when it can, as require()
  /// does.
  void require_known(std::span<const std::string> known, std::string_view where_to_see = "") const;
  /// A mistake at any place of the file, said as it stands.
  [[nodiscard]] Refusal refusal(std::size_t offset, std::string_view message) const;
  /// Adds to the complaints of this handle, or throws.
  void complain(const Refusal& refusal) const;

  /// The same table, whose mistakes are added to `complaints`, which has to outlive it, rather than thrown.
  JobTable collecting(Complaints& complaints) const;

 private:
  struct File {
    Source source;
    TomlTable root;
  };

  std::shared_ptr<const File> file_;
  const TomlTable* table_;
  std::size_t at_ = 0;
  std::string name_;
  Complaints* complaints_ = nullptr;
};

}  // namespace reprise
