#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <memory>

#include "pipeline/cli/command.hpp"
#include "pipeline/run/plan.hpp"
#include "pipeline/run/progress.hpp"
#include "pipeline/slurm/scheduler.hpp"
#include "pipeline/store/lock.hpp"

namespace reprise {
namespace {

struct CheckOptions {
  std::filesystem::path job;
  std::filesystem::path runs = "runs";
  std::vector<std::string> only;
  std::vector<std::size_t> ranks = {1};
  std::string partition;
};

/// Of the coordinator: the index of all results, the outputs it keeps, and what any process has.
double coordinator_bytes(std::size_t rows, double output_bytes) {
  constexpr double process = 60e6;
  return process + static_cast<double>(KeyIndex::bytes_for(rows)) +
         std::min(output_bytes, static_cast<double>(Ledger::Limits{}.cached_bytes));
}

void forecast(const Plan& plan, const RunSettings& settings, const std::vector<std::size_t>& ranks) {
  std::vector<ScheduledExperiment> experiments;
  std::vector<std::string> names;
  std::size_t unknown = 0;
  std::size_t tasks = 0;
  double bytes = 0;
  bool bytes_at_least = false;
  for (const auto& stage : plan.stages) {
    unknown += stage.absent.unknown;
    tasks += stage.absent.tasks;
    bytes += stage.bytes;
    bytes_at_least |= stage.bytes_at_least;
    const auto found = std::find(names.begin(), names.end(), stage.experiment);
    const auto at = static_cast<std::size_t>(found - names.begin());
    if (found == names.end()) {
      names.push_back(stage.experiment);
      experiments.emplace_back();
    }
    experiments[at].stages.push_back(&stage.absent);
  }
  if (tasks == 0) return;
  if (unknown > 0) {
    fmt::print(
        "\nHow long {} of the {} tasks take is not known yet: run the job for a minute, stop it with Ctrl-C, "
        "and check again.\n",
        show_count(unknown), show_count(tasks));
  }
  const double memory = coordinator_bytes(plan.stored_rows + tasks, bytes);
  fmt::print("\n{:>8}  {:>14}  {:>10}  {:>10}  {:>12}  {:>10}  {:>9}  {:>10}\n", "ranks", "wall time",
             "efficiency", "core-hours", "coordinator", "its memory", "segments", "disk");
  for (const auto count : ranks) {
    const auto expected = simulate(experiments, count);
    // Small rows go to a segment whenever it is due: by time, or by size.
    const double segments = std::ceil(expected.wall_seconds / settings.publish_seconds) +
                            std::ceil(bytes / (1e6 * settings.publish_megabytes));
    fmt::print("{:>8}  {:>14}  {:>9.1f}%  {:>10.3g}  {:>11.1f}%  {:>7.0f} MB  {:>9.0f}  {:>7.1f} MB{}\n",
               count, show_duration(expected.wall_seconds), 100 * expected.efficiency,
               expected.wall_seconds * static_cast<double>(count) / 3600, 100 * expected.coordinator_share,
               memory / 1e6, segments, bytes / 1e6, bytes_at_least ? " or more" : "");
  }
}

int check(const CheckOptions& options) {
  const auto job = read_checked_job(options.job, options.only);
  const auto plan = make_plan(job, options.runs / job.job.name);
  fmt::print("{}: paper {}, scale {}, seed {}; run folder {}\n\n", options.job.string(), job.job.paper,
             name_of(job.job.scale), job.job.seed, plan.folder.string());
  if (const auto frozen = read_frozen(plan.folder)) {
    const auto changed = differences(frozen->meaning, job.meaning);
    if (!changed.empty()) {
      fmt::print(
          "The run folder was made for another job; `reprise run` will ask for --adopt. What "
          "differs:\n{}\n\n",
          to_text(changed));
    }
  }
  if (const auto holder = latest_holder(plan.folder); holder && holder->alive(stale_after_seconds)) {
    fmt::print("The run is going on now: pid {} on {}.\n\n", holder->pid, holder->host);
  }
  const int code = show_plan(plan);
  forecast(plan, job.job.run, options.ranks);
  if (const auto problem = slurm::requeue_problem(options.partition); !problem.empty()) {
    fmt::print("\nSlurm: {}. Submit a chain, whose next job goes on: reprise submit {} --chain 5\n", problem,
               options.job.string());
  }
  return code;
}

}  // namespace

void add_check(CLI::App& app, Action& action) {
  auto options = std::make_shared<CheckOptions>();
  auto* command = app.add_subcommand(
      "check", "Check a job without running it, and predict its time, cores and disk at N ranks");
  command->add_option("job", options->job, "Job file (TOML)")->required();
  command->add_option("--ranks", options->ranks, "Ranks to predict for; several may be given")
      ->check(CLI::Range(1, 1000000))
      ->expected(1, -1)
      ->capture_default_str();
  command->add_option("--only", options->only, "Of the job's experiments just these");
  command->add_option("--partition", options->partition, "Slurm partition to look at, where there is Slurm");
  command->add_option("--runs", options->runs, "Folder of run folders")->capture_default_str();
  command->footer("Example:\n  reprise check jobs/paper/kde.toml --ranks 1 64 4096");
  command->callback([options, &action] { action = [options] { return check(*options); }; });
}

}  // namespace reprise
