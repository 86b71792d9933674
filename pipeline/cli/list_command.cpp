#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <numeric>

#include "pipeline/base/nearest.hpp"
#include "pipeline/cli/command.hpp"
#include "pipeline/run/paper.hpp"

namespace reprise {
namespace {

void list_papers() {
  for (const auto* paper : papers()) {
    fmt::print(
        "{:<14} {}\n{:<14} {} experiments, {} claims. {}\n", paper->identity.id, paper->identity.title, "",
        paper->experiments.size(),
        std::accumulate(paper->experiments.begin(), paper->experiments.end(), std::size_t{0},
                        [](std::size_t sum, const Experiment& each) { return sum + each.claims.size(); }),
        paper->summary);
  }
  if (papers().empty()) fmt::print("No papers are built in.\n");
}

void list_experiment(const Experiment& experiment) {
  fmt::print("\n[experiments.{}]\n  {}. {}\n", experiment.name, experiment.title, experiment.description);
  const auto keys = experiment.keys();
  std::size_t width = 0;
  for (const auto& key : keys) width = std::max(width, key.key.size() + 3 + key.default_value.size());
  width = std::min<std::size_t>(width, 44);
  for (const auto& key : keys) {
    fmt::print("  {:<{}}  # {} ({}{})\n", fmt::format("{} = {}", key.key, key.default_value), width,
               key.description, key.type, key.unit.empty() ? "" : ", " + key.unit);
  }
  for (const auto& claim : experiment.claims) fmt::print("  claim {}: {}\n", claim.id, claim.statement);
}

int list(const std::string& id) {
  if (id.empty()) {
    list_papers();
    return static_cast<int>(ExitCode::done);
  }
  const auto& paper = find_paper(id);
  fmt::print("{}\n{}\n{}\n{}\n\n{}\n", paper.identity.title, paper.identity.authors, paper.identity.citation,
             paper.identity.url, paper.summary);
  for (const auto& experiment : paper.experiments) list_experiment(experiment);
  return static_cast<int>(ExitCode::done);
}

}  // namespace

void add_list(CLI::App& app, Action& action) {
  auto paper = std::make_shared<std::string>();
  auto* command = app.add_subcommand("list", "List papers, or a paper's experiments with their settings");
  command->add_option("paper", *paper, "Paper to show in full");
  command->footer("Example:\n  reprise list\n  reprise list kde");
  command->callback([paper, &action] { action = [paper] { return list(*paper); }; });
}

}  // namespace reprise
