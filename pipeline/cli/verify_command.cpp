#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "pipeline/cli/command.hpp"
#include "pipeline/run/plan.hpp"
#include "pipeline/run/progress.hpp"
#include "pipeline/run/verify.hpp"

namespace reprise {
namespace {

/// Whether all that the job asks for is there; says what is not. Run folders only.
bool tell_completeness(const std::filesystem::path& folder) {
  std::vector<std::string> experiments;  // the run may be for some of the job's only
  for (const auto& [name, claims] : read_frozen(folder).value_or(FrozenJob{}).claims)
    experiments.push_back(name);
  const auto job = read_checked_job(folder / "job.toml", experiments);
  const auto plan = make_plan(job, folder);
  if (plan.complete()) {
    fmt::print("complete: the job asks for nothing that is not there\n");
    return true;
  }
  std::size_t absent = 0;
  for (const auto& stage : plan.stages) absent += stage.absent.tasks;
  fmt::print("not complete: {} tasks not run{}\n", show_count(absent),
             plan.open_ended.empty() ? "" : ", and more that depend on their results");
  return false;
}

int verify_all(const std::vector<std::filesystem::path>& targets) {
  bool sound = true;
  for (const auto& target : targets) {
    const auto result = verify(target);
    fmt::print("{}: {} results in {} {}, {:.1f} MB read\n", target.string(), show_count(result.rows),
               result.files, result.files == 1 ? "file" : "files", static_cast<double>(result.bytes) / 1e6);
    if (result.repeated > 0)
      fmt::print("{} results are stored more than once, alike\n", show_count(result.repeated));
    for (const auto& damaged : result.damaged) fmt::print("damaged: {}: {}\n", damaged.name, damaged.reason);
    for (const auto& wrong : result.wrong) fmt::print("wrong: {}\n", wrong);
    if (!result.sound())
      fmt::print("`reprise run` sets damaged segments aside and computes their results again\n");
    if (std::filesystem::is_directory(target)) tell_completeness(target);
    fmt::print("digest {}\n", result.digest);
    sound &= result.sound();
  }
  return static_cast<int>(sound ? ExitCode::done : ExitCode::failed);
}

}  // namespace

void add_verify(CLI::App& app, Action& action) {
  auto targets = std::make_shared<std::vector<std::filesystem::path>>();
  auto* command = app.add_subcommand(
      "verify", "Read every byte of a run or a packed file and check it; ends in a digest");
  command->add_option("target", *targets, "Run folder or packed file")->required()->expected(1, -1);
  command->footer(
      "The digest is over all results and the same on any number of ranks, run through or interrupted.\nExit "
      "code 1 when anything is damaged.\n\nExample:\n  reprise verify runs/kde\n  reprise verify results.h5");
  command->callback([targets, &action] { action = [targets] { return verify_all(*targets); }; });
}

}  // namespace reprise
