#include "pipeline/run/why.hpp"

#include <fmt/format.h>

#include <map>

#include "pipeline/run/verify.hpp"

namespace reprise {
namespace {

/// The fields of a row as text, by name.
std::vector<std::pair<std::string, std::string>> shown_fields(ByteView row, const StructSchema& schema) {
  std::vector<std::pair<std::string, std::string>> fields;
  ByteReader reader(row);
  for (const auto& column : schema)
    fields.emplace_back(column.name, show_field(take_field(reader, column), column));
  return fields;
}

struct Candidate {
  std::vector<std::string> differences;
  std::string row;
};

std::vector<std::string> compare(const AbsentTask& absent, const CheckedJob& job, const std::string& isa,
                                 const TaskIdentity& stored, const Origin& origin, ByteView input) {
  std::vector<std::string> differences;
  const auto& now = absent.kind->identity;
  if (stored.version != now.version) {
    differences.push_back(fmt::format("version of the task: stored {}, now {}", stored.version, now.version));
  }
  if (origin.seed != job.job.seed) {
    differences.push_back(fmt::format("seed: stored {}, now {}", origin.seed, job.job.seed));
  }
  if (origin.isa != isa)
    differences.push_back(fmt::format("instruction set: stored {}, now {}", origin.isa, isa));
  const auto before = shown_fields(input, stored.input);
  const auto after = shown_fields(absent.input, now.input);
  std::map<std::string, std::string> was(before.begin(), before.end());
  for (std::size_t i = 0; i < after.size(); ++i) {
    const auto& [name, value] = after[i];
    const auto found = was.find(name);
    const bool upstream = now.input[i].type == ElementType::key;
    if (found == was.end()) {
      differences.push_back(fmt::format("field {}: new, now {}", name, value));
    } else if (found->second != value) {
      differences.push_back(fmt::format("{} {}: stored {}, now {}", upstream ? "upstream result" : "field",
                                        name, found->second, value));
    }
    if (found != was.end()) was.erase(found);
  }
  for (const auto& [name, value] : was)
    differences.push_back(fmt::format("field {}: stored {}, now gone", name, value));
  return differences;
}

}  // namespace

std::vector<Reason> explain(const Plan& plan, const CheckedJob& job, const std::string& isa) {
  std::vector<Candidate> best(plan.absent.size());
  const auto segments = plan.folder / "segments";
  for (const auto& name : list_segments(segments)) {
    try {
      for_each_row(Segment::open(segments / name), [&](const StoredRow& row) {
        for (std::size_t i = 0; i < plan.absent.size(); ++i) {
          if (plan.absent[i].kind->identity.name != row.task.name) continue;
          auto differences = compare(plan.absent[i], job, isa, row.task, row.origin, row.input);
          if (!best[i].row.empty() && best[i].differences.size() <= differences.size()) continue;
          if (differences.empty()) differences.emplace_back("the fields or types of its output");
          best[i] = {std::move(differences),
                     fmt::format("{}({})", row.task.label(), show_row(row.input, row.task.input))};
        }
      });
    } catch (const DamagedFile&) {
      continue;  // its rows run again because of that; `verify` names it
    }
  }
  std::vector<Reason> reasons;
  for (std::size_t i = 0; i < best.size(); ++i) {
    const auto& absent = plan.absent[i];
    const auto& identity = absent.kind->identity;
    reasons.push_back({fmt::format("{}({})", identity.label(), show_row(absent.input, identity.input)),
                       absent.experiment, std::move(best[i].differences), std::move(best[i].row)});
  }
  return reasons;
}

}  // namespace reprise
