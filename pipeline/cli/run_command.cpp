#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <memory>
#include <thread>
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

#include "pipeline/cli/command.hpp"
#include "pipeline/cli/launcher.hpp"
#include "pipeline/run/binding.hpp"
#include "pipeline/run/mpi_world.hpp"
#include "pipeline/run/plan.hpp"
#include "pipeline/run/session.hpp"
#include "pipeline/run/start_watch.hpp"
#include "pipeline/run/stop_signal.hpp"
#include "pipeline/run/worker.hpp"
#include "pipeline/slurm/scheduler.hpp"
#include "pipeline/store/lock.hpp"

namespace reprise {
namespace {

struct RunOptions {
  RunRequest request;
  std::string ranks = "1";
  bool dry_run = false;
};

/// A number, or "auto": as many as the Slurm job that this process belongs to has room for, else one a core.
int worker_ranks(const std::string& asked) {
  const auto allocation = slurm::this_allocation();
  int ranks = 0;
  if (asked == "auto") {
    ranks = allocation ? allocation->workers() : static_cast<int>(std::thread::hardware_concurrency());
  } else {
    std::from_chars(asked.data(), asked.data() + asked.size(), ranks);
  }
  const int threads = allocation ? allocation->cpus_per_task : 1;
  if (allocation && allocation->cpus > 0 && ranks * threads > allocation->cpus) {
    fmt::print(stderr,
               "reprise: warning: {} ranks of {} threads on the {} CPUs of this allocation: they will be in "
               "each other's way\n",
               ranks, threads, allocation->cpus);
  }
  return std::max(ranks, 1);
}

/// Says what a run came to; all of it goes to standard error, results are in the run folder.
int tell(const RunOutcome& outcome) {
  for (const auto& message : outcome.messages) fmt::print(stderr, "reprise: {}\n", message);
  fmt::print(stderr, "reprise: {} tasks run, {} results stored in {}\n", outcome.executed, outcome.stored,
             outcome.folder.string());
  return static_cast<int>(outcome.code);
}

/// As one rank of an MPI job. Leaves by _exit where MPI can't be finalized because ranks are gone.
int run_under_mpi(const RunOptions& options) {
  catch_stop_signals();
  MpiWorld world;
  const auto leave = [&](int code) {
    std::fflush(nullptr);
#ifdef __SANITIZE_ADDRESS__
    __lsan_do_leak_check();  // _exit does not
#endif
    ::_exit(code);
  };
  if (world.rank() != 0) {
    try {
      if (work(world, task_kinds())) world.finalize();
      world.started();
      leave(0);
    } catch (const std::exception& error) {
      fmt::print(stderr, "reprise: rank {}: {}\n", world.rank(), error.what());
    }
    leave(static_cast<int>(ExitCode::failed));
  }
  int code = static_cast<int>(ExitCode::failed);
  try {
    const auto outcome = run_job(options.request, &world, local_file_system());
    code = tell(outcome);
  } catch (const Error& error) {
    fmt::print(stderr, "reprise: {}\n", error.what());
    code = static_cast<int>(error.code());
  } catch (const std::exception& error) {
    fmt::print(stderr, "reprise: {}\n", error.what());
  }
  if (world.size() == 1) world.finalize();
  world.started();
  leave_exit_code(code);
  leave(code);
  return code;
}

int run(const RunOptions& options, const Invocation& invocation) {
  if (options.dry_run) {
    const auto job = read_checked_job(options.request.job_file, options.request.only);
    return show_plan(make_plan(job, options.request.folder(job.job)));
  }
  if (under_mpi()) return run_under_mpi(options);
  if (!launch_id().empty()) {
    catch_stop_signals();
    const auto outcome = run_job(options.request, nullptr, local_file_system());
    return tell(outcome);
  }
  // Whatever is wrong with the job is better said once than by every rank.
  const auto job = read_checked_job(options.request.job_file, options.request.only);
  const auto folder = options.request.folder(job.job);
  if (const auto frozen = read_frozen(folder); frozen && !options.request.adopt)
    refuse_other_job(folder, *frozen, job);
  bind_mode();
  start_patience();
  return supervise({invocation.program, invocation.arguments, worker_ranks(options.ranks), folder});
}

}  // namespace

void add_run(CLI::App& app, Action& action, const Invocation& invocation) {
  auto options = std::make_shared<RunOptions>();
  auto* command = app.add_subcommand("run", "Run a job, or go on with it where it stopped");
  command->add_option("job", options->request.job_file, "Job file (TOML)")->required();
  command
      ->add_option("-n,--ranks", options->ranks,
                   "Worker ranks; with more than one, mpirun is started with one process more, which "
                   "coordinates and sleeps. auto: as many as a Slurm allocation has room for, or cores")
      ->check(CLI::Range(1, 100000) | CLI::IsMember({"auto"}))
      ->capture_default_str();
  command
      ->add_option("--runs", options->request.runs,
                   "Folder of run folders; the run goes to RUNS/<job's name>")
      ->capture_default_str();
  command->add_option("--only", options->request.only,
                      "Of the job's experiments just these, in a run folder whose name ends in theirs");
  command->add_flag("--adopt", options->request.adopt,
                    "Go on in a folder made for another job; results of unchanged tasks are reused");
  command->add_flag("--retry-set-aside", options->request.retry_set_aside,
                    "Give tasks that were set aside after crashes another chance");
  command->add_flag("--dry-run", options->dry_run, "Show what would run, and run nothing");
  command->footer(
      "Starts mpirun itself when it isn't under it; under mpirun or srun, all ranks but the first "
      "work.\nCtrl-C stops it cleanly: finished results are stored, and the same command goes on from "
      "there.\n\nExample:\n  reprise run jobs/smoke/kde.toml -n 2\n  mpirun -np 9 reprise run "
      "jobs/paper/kde.toml");
  command->callback([options, &action, invocation] {
    options->request.command = invocation.shown();
    options->request.launch = launch_id();
    action = [options, invocation] { return run(*options, invocation); };
  });
}

}  // namespace reprise
