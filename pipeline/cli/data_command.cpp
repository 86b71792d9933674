#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "pipeline/base/nearest.hpp"
#include "pipeline/cli/command.hpp"
#include "pipeline/data/report.hpp"
#include "pipeline/run/paper.hpp"

namespace reprise {
namespace {

/// Of one paper, or of all; each data set once.
std::vector<DataSet> data_sets(const std::string& paper) {
  std::vector<DataSet> sets;
  const auto add = [&](const Paper& from) {
    for (const auto& data : from.data) {
      if (std::none_of(sets.begin(), sets.end(), [&](const DataSet& each) { return each.id == data.id; })) {
        sets.push_back(data);
      }
    }
  };
  if (!paper.empty()) {
    add(find_paper(paper));
  } else {
    for (const auto* each : papers()) add(*each);
  }
  return sets;
}

int where(const std::string& id) {
  std::vector<std::string> known;
  for (const auto& data : data_sets("")) {
    if (data.id == id) {
      fmt::print("{}", where_text(data));
      return static_cast<int>(ExitCode::done);
    }
    known.push_back(data.id);
  }
  throw UsageError(fmt::format("there is no data set \"{}\"{}; `reprise data list` shows all", id,
                               did_you_mean(id, known)));
}

int check(const std::string& paper) {
  const auto checked = check_all(data_sets(paper));
  fmt::print("{}", checked.text);
  return static_cast<int>(checked.sound ? ExitCode::done : ExitCode::failed);
}

}  // namespace

void add_data(CLI::App& app, Action& action) {
  auto argument = std::make_shared<std::string>();
  auto* command =
      app.add_subcommand("data", "Tell which data sets papers need, where they are, and how to get them");
  command->require_subcommand(1);
  command->footer(
      "Example:\n  reprise data list\n  REPRISE_DATA=/scratch/data reprise data where fashion-mnist");
  auto* list = command->add_subcommand("list", "Data sets, and whether they are there");
  list->add_option("paper", *argument, "Only this paper's");
  list->callback([argument, &action] {
    action = [argument] {
      fmt::print("{}", list_text(data_sets(*argument)));
      return static_cast<int>(ExitCode::done);
    };
  });
  auto* all = command->add_subcommand("check", "Read data sets in full and check them");
  all->add_option("paper", *argument, "Only this paper's");
  all->callback([argument, &action] { action = [argument] { return check(*argument); }; });
  auto* one = command->add_subcommand("where", "Every folder that is looked into for a data set");
  one->add_option("data-set", *argument, "Data set, for example fashion-mnist")->required();
  one->callback([argument, &action] { action = [argument] { return where(*argument); }; });
}

}  // namespace reprise
