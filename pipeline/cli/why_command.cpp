#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "pipeline/cli/command.hpp"
#include "pipeline/run/isa.hpp"
#include "pipeline/run/why.hpp"

namespace reprise {
namespace {

struct WhyOptions {
  std::filesystem::path job;
  std::filesystem::path runs = "runs";
  std::size_t most = 5;
};

int why(const WhyOptions& options) {
  const auto job = read_checked_job(options.job);
  const auto plan = make_plan(job, options.runs / job.job.name, options.most);
  if (plan.absent.empty()) {
    fmt::print("Nothing will run: every result that the job asks for is in {}.\n", plan.folder.string());
    return static_cast<int>(ExitCode::done);
  }
  const auto frozen = read_frozen(plan.folder);
  const std::string asked = job.job.run.isa == JobIsa::automatic ? "" : std::string(name_of(job.job.run.isa));
  const auto isa = !asked.empty() ? asked : frozen ? frozen->isa : instruction_sets().best();
  for (const auto& reason : explain(plan, job, isa)) {
    fmt::print("{}: {} will run", reason.experiment, reason.task);
    if (reason.differences.empty()) {
      fmt::print(": no result of this task is stored\n");
      continue;
    }
    fmt::print(". Nearest is {}, which differs in\n", reason.nearest);
    for (const auto& difference : reason.differences) fmt::print("  {}\n", difference);
  }
  std::size_t absent = 0;
  for (const auto& stage : plan.stages) absent += stage.absent.tasks;
  if (absent > plan.absent.size())
    fmt::print("... and {} more; --most shows more of them\n", absent - plan.absent.size());
  for (const auto& damaged : plan.damaged) {
    fmt::print("damaged segment {} ({}): its results run again\n", damaged.name, damaged.reason);
  }
  return static_cast<int>(ExitCode::done);
}

}  // namespace

void add_why(CLI::App& app, Action& action) {
  auto options = std::make_shared<WhyOptions>();
  auto* command = app.add_subcommand(
      "why", "Say why tasks of a job will run: what differs from the nearest stored result");
  command->add_option("job", options->job, "Job file (TOML)")->required();
  command->add_option("--runs", options->runs, "Folder of run folders")->capture_default_str();
  command->add_option("--most", options->most, "Tasks to explain")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  command->footer("Example:\n  reprise why jobs/smoke/kde.toml");
  command->callback([options, &action] { action = [options] { return why(*options); }; });
}

}  // namespace reprise
