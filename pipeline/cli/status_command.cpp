#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "pipeline/cli/command.hpp"
#include "pipeline/run/status.hpp"
#include "pipeline/slurm/submitted.hpp"

namespace reprise {
namespace {

struct StatusOptions {
  std::vector<std::filesystem::path> folders;
  bool watch = false;
  bool json = false;
  bool state = false;
  double interval = 2;
};

/// One word a run, for scripts.
int states(const std::vector<std::filesystem::path>& folders) {
  for (const auto& folder : folders) fmt::print("{}\n", read_status(folder).state);
  return static_cast<int>(ExitCode::done);
}

int status(const StatusOptions& options) {
  if (options.state) return states(options.folders);
  for (;;) {
    if (options.watch && !options.json) fmt::print("\033[H\033[J");
    bool running = false;
    auto all = nlohmann::ordered_json::array();
    for (const auto& folder : options.folders) {
      auto one = read_status(folder);
      one.slurm = slurm::jobs_of(folder);
      running |= one.state == "running";
      if (options.json) {
        all.push_back(to_json(one));
      } else {
        fmt::print("{}{}", to_text(one), options.folders.size() > 1 ? "\n" : "");
      }
    }
    if (options.json) {
      fmt::print("{}\n", options.folders.size() == 1 ? all[0].dump(options.watch ? -1 : 2)
                                                     : all.dump(options.watch ? -1 : 2));
    }
    std::fflush(stdout);
    if (!options.watch || !running) return static_cast<int>(ExitCode::done);
    std::this_thread::sleep_for(std::chrono::duration<double>(options.interval));
  }
}

}  // namespace

void add_status(CLI::App& app, Action& action) {
  auto options = std::make_shared<StatusOptions>();
  auto* command =
      app.add_subcommand("status", "Show how far a run is: while it runs, after it, or after a crash");
  command->add_option("folder", options->folders, "Run folder, for example runs/kde")
      ->required()
      ->expected(1, -1);
  command->add_flag("--watch", options->watch, "Repeat until the run ends");
  command->add_option("--interval", options->interval, "Seconds between repeats")
      ->check(CLI::Range(0.1, 3600.0))
      ->capture_default_str();
  command->add_flag("--json", options->json, "For scripts: a JSON object; with --watch one a line");
  command->add_flag("--state", options->state,
                    "For scripts: one word (complete, running, interrupted, failed, crashed or not started)");
  command->footer("Example:\n  reprise status runs/kde --watch");
  command->callback([options, &action] { action = [options] { return status(*options); }; });
}

}  // namespace reprise
