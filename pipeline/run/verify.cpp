#include "pipeline/run/verify.hpp"

#include <fmt/format.h>

#include "pipeline/base/errors.hpp"

namespace reprise {
namespace {

namespace fs = std::filesystem;

class Verifier {
 public:
  Verifier(Verification& result, const RowVisitor& visit) : result_(result), visit_(visit) {}

  void file(const fs::path& path) {
    try {
      const auto segment = Segment::open_verified(path);
      task_ = nullptr;
      const std::string name = path.filename();
      for_each_row(segment, [&](const StoredRow& each) { row(name, each); });
      ++result_.files;
      result_.bytes += fs::file_size(path);
    } catch (const DamagedFile& error) {
      result_.damaged.push_back({path.filename().string(), error.what()});
    }
  }

  std::string digest() const { return digest_.hex(); }

 private:
  void row(const std::string& file, const StoredRow& row) {
    if (task_key(context_of(row), row.input) != row.key) {
      complain(fmt::format("{}: the key of {}({}) does not fit its input", file, row.task.label(),
                           show_row(row.input, row.task.input)));
    }
    const auto hash = hash_bytes(row.output);
    // The place of a seen row stands in for its content's hash.
    const Location mark{static_cast<std::uint32_t>(hash.high >> 33U), static_cast<std::uint32_t>(hash.low)};
    if (!seen_.insert(row.key, mark)) {
      ++result_.repeated;
      if (!(*seen_.find(row.key) == mark)) {
        complain(fmt::format("{}: {}({}) is stored twice with different outputs", file, row.task.label(),
                             show_row(row.input, row.task.input)));
      }
      return;
    }
    ++result_.rows;
    result_.wall_seconds += static_cast<double>(row.provenance.wall_seconds);
    result_.cpu_seconds += static_cast<double>(row.provenance.cpu_seconds);
    digest_.add(row.key, row.output);
    if (visit_) visit_(file, row);
  }

  /// Rows of one table and origin mostly come one after another.
  const Key& context_of(const StoredRow& row) {
    if (&row.task != task_ || &row.origin != origin_) {
      task_ = &row.task;
      origin_ = &row.origin;
      context_ = key_context(row.task, row.origin.seed, row.origin.isa);
    }
    return context_;
  }

  void complain(std::string text) {
    constexpr std::size_t most = 100;
    if (result_.wrong.size() < most) result_.wrong.push_back(std::move(text));
  }

  Verification& result_;
  const RowVisitor& visit_;
  const TaskIdentity* task_ = nullptr;  ///< of the row before, in the same file
  const Origin* origin_ = nullptr;
  Key context_;
  KeyIndex seen_;
  Digest digest_;
};

}  // namespace

void for_each_row(const Segment& segment, const std::function<void(const StoredRow&)>& visit) {
  constexpr std::size_t block_bytes = std::size_t{4} << 20U;
  for (const auto& table : segment.tables()) {
    const auto block = std::min(table.input.rows_in(block_bytes), table.output.rows_in(block_bytes));
    for (std::size_t first = 0; first < table.rows; first += block) {
      const auto count = std::min(block, table.rows - first);
      const auto inputs = table.input.read(first, count);
      const auto outputs = table.output.read(first, count);
      const auto provenances = table.provenance.read(first, count);
      for (std::size_t i = 0; i < count; ++i) {
        const auto provenance = decode<RowProvenance>(provenances[i]);
        if (provenance.origin >= segment.origins().size())
          throw DamagedFile("a row names an origin that isn't there");
        visit({table.task, segment.origins()[provenance.origin], provenance, table.keys[first + i], inputs[i],
               outputs[i], table.first_row + first + i});
      }
    }
  }
}

Verification verify(const fs::path& target, const RowVisitor& visit) {
  Verification result;
  Verifier verifier(result, visit);
  if (fs::is_directory(target)) {
    if (!fs::exists(target / "frozen.json")) {
      throw UsageError(fmt::format("{} is not a run folder: there is no frozen.json", target.string()));
    }
    for (const auto& name : list_segments(target / "segments")) verifier.file(target / "segments" / name);
  } else if (fs::is_regular_file(target)) {
    verifier.file(target);
  } else {
    throw UsageError(fmt::format("there is no run folder or packed file {}", target.string()));
  }
  result.digest = verifier.digest();
  return result;
}

}  // namespace reprise
