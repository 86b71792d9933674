#include "pipeline/run/verify.hpp"

#include <fmt/format.h>

#include <unordered_map>

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
      for_each_row(
          segment,
          [&](const TaskIdentity& task, const Origin& origin, const RowProvenance& provenance, const Key& key,
              ByteView input, ByteView output) { row(path, task, origin, provenance, key, input, output); });
      ++result_.files;
      result_.bytes += fs::file_size(path);
    } catch (const DamagedFile& error) {
      result_.damaged.push_back({path.filename().string(), error.what()});
    }
  }

  std::string digest() const { return digest_.hex(); }

 private:
  void row(const fs::path& path, const TaskIdentity& task, const Origin& origin,
           const RowProvenance& provenance, const Key& key, ByteView input, ByteView output) {
    const auto context =
        contexts_.try_emplace(fmt::format("{} {} {}", task.label(), origin.seed, origin.isa)).first;
    if (context->second == Key{}) context->second = key_context(task, origin.seed, origin.isa);
    if (task_key(context->second, input) != key) {
      complain(fmt::format("{}: the key of {}({}) does not fit its input", path.filename().string(),
                           task.label(), show_row(input, task.input)));
    }
    const auto hash = hash_bytes(output);
    // The place of a seen row stands in for its content's hash.
    const Location mark{static_cast<std::uint32_t>(hash.high >> 33U), static_cast<std::uint32_t>(hash.low)};
    if (!seen_.insert(key, mark)) {
      ++result_.repeated;
      if (!(*seen_.find(key) == mark)) {
        complain(fmt::format("{}: {}({}) is stored twice with different outputs", path.filename().string(),
                             task.label(), show_row(input, task.input)));
      }
      return;
    }
    ++result_.rows;
    result_.wall_seconds += static_cast<double>(provenance.wall_seconds);
    result_.cpu_seconds += static_cast<double>(provenance.cpu_seconds);
    digest_.add(key, output);
    if (visit_) visit_(task, origin, provenance, key, input, output);
  }

  void complain(std::string text) {
    constexpr std::size_t most = 100;
    if (result_.wrong.size() < most) result_.wrong.push_back(std::move(text));
  }

  Verification& result_;
  const RowVisitor& visit_;
  std::unordered_map<std::string, Key> contexts_;
  KeyIndex seen_;
  Digest digest_;
};

}  // namespace

void for_each_row(const Segment& segment, const RowVisitor& visit) {
  constexpr std::size_t block = 4096;
  for (const auto& table : segment.tables()) {
    for (std::size_t first = 0; first < table.rows; first += block) {
      const auto count = std::min(block, table.rows - first);
      const auto inputs = table.input.read(first, count);
      const auto outputs = table.output.read(first, count);
      const auto provenances = table.provenance.read(first, count);
      for (std::size_t i = 0; i < count; ++i) {
        const auto provenance = decode<RowProvenance>(provenances[i]);
        if (provenance.origin >= segment.origins().size())
          throw DamagedFile("a row names an origin that isn't there");
        visit(table.task, segment.origins()[provenance.origin], provenance, table.keys[first + i], inputs[i],
              outputs[i]);
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
