#include "pipeline/run/paper.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "pipeline/base/nearest.hpp"

namespace reprise {
namespace {

struct Registry {
  std::vector<std::unique_ptr<const Paper>> owned;
  std::vector<const Paper*> papers;
  std::vector<const TaskKind*> kinds;
};

Registry& registry() {
  static Registry all;
  return all;
}

}  // namespace

const Experiment* Paper::find(std::string_view experiment) const {
  const auto found = std::find_if(experiments.begin(), experiments.end(),
                                  [&](const Experiment& each) { return each.name == experiment; });
  return found == experiments.end() ? nullptr : &*found;
}

RegisterPaper::RegisterPaper(Paper paper) {
  auto& all = registry();
  for (const auto* other : all.papers) {
    expects(other->identity.id != paper.identity.id,
            fmt::format("one paper is called {}", paper.identity.id));
  }
  for (const auto& task : paper.tasks) {
    expects(find_task_kind(task.identity.name) == nullptr,
            fmt::format("one task is called {}", task.identity.name));
  }
  all.owned.push_back(std::make_unique<const Paper>(std::move(paper)));
  const auto* added = all.owned.back().get();
  all.papers.push_back(added);
  for (const auto& task : added->tasks) all.kinds.push_back(&task);
  // The order in which static initialisers run is the linker's; names give one that all ranks share.
  std::sort(all.papers.begin(), all.papers.end(),
            [](const Paper* a, const Paper* b) { return a->identity.id < b->identity.id; });
  std::sort(all.kinds.begin(), all.kinds.end(),
            [](const TaskKind* a, const TaskKind* b) { return a->identity.name < b->identity.name; });
}

const std::vector<const Paper*>& papers() {
  return registry().papers;
}
const std::vector<const TaskKind*>& task_kinds() {
  return registry().kinds;
}

const Paper& find_paper(const std::string& id) {
  std::vector<std::string> known;
  for (const auto* paper : papers()) {
    if (paper->identity.id == id) return *paper;
    known.push_back(paper->identity.id);
  }
  const auto close = nearest(id, known);
  throw UsageError(fmt::format("there is no paper \"{}\"{}; `reprise list` shows all", id,
                               close.empty() ? "" : fmt::format("; did you mean \"{}\"?", close)));
}

const TaskKind* find_task_kind(std::string_view name) {
  for (const auto* kind : task_kinds()) {
    if (kind->identity.name == name) return kind;
  }
  return nullptr;
}

}  // namespace reprise
