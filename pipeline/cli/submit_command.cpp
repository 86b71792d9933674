#include <fmt/chrono.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <thread>

#include "pipeline/cli/command.hpp"
#include "pipeline/run/run_folder.hpp"
#include "pipeline/run/status.hpp"
#include "pipeline/slurm/batch_script.hpp"
#include "pipeline/slurm/requeue.hpp"
#include "pipeline/slurm/scheduler.hpp"
#include "pipeline/slurm/submitted.hpp"
#include "pipeline/store/lock.hpp"

namespace reprise {
namespace {

namespace fs = std::filesystem;

struct SubmitOptions {
  std::vector<fs::path> jobs;
  fs::path runs = "runs";
  std::vector<std::string> only;
  slurm::Batch batch;
  std::optional<fs::path> profile;
  std::string partition, account, qos, mem;
  int chain = 0;
  bool array = false;
  bool dry_run = false;
  bool wait = false;
};

/// The runs to submit: one, or with --array one a job, and for a single job one an experiment.
std::vector<slurm::Element> elements_of(const SubmitOptions& options) {
  std::vector<slurm::Element> elements;
  const auto runs = fs::absolute(options.runs).lexically_normal();
  const auto add = [&](const fs::path& file, const std::vector<std::string>& only) {
    const auto job = read_checked_job(file, only);
    const auto folder = runs / job.job.name;
    if (const auto frozen = read_frozen(folder); frozen && !options.batch.adopt)
      refuse_other_job(folder, *frozen, job);
    elements.push_back({fs::absolute(file).lexically_normal(), only.empty() ? "" : only.front(), folder});
  };
  if (!options.array) {
    if (options.jobs.size() > 1) {
      throw UsageError(
          "several jobs are submitted as an array, each with a run folder of its own: add --array");
    }
    add(options.jobs.front(), options.only);
    return elements;
  }
  if (options.jobs.size() > 1) {
    for (const auto& file : options.jobs) add(file, options.only);
    return elements;
  }
  const auto job = read_checked_job(options.jobs.front(), options.only);
  if (job.job.experiments.size() < 2)
    throw UsageError("--array needs several jobs, or a job of several experiments");
  for (const auto& [name, table] : job.job.experiments) add(options.jobs.front(), {name});
  return elements;
}

void refuse_what_is_under_way(const std::vector<slurm::Element>& elements) {
  for (const auto& element : elements) {
    if (const auto holder = latest_holder(element.run_folder); holder && holder->alive(stale_after_seconds)) {
      throw UsageError(fmt::format("{} is being run now: pid {} on {}{}", element.run_folder.string(),
                                   holder->pid, holder->host,
                                   holder->job_id.empty() ? "" : " (Slurm job " + holder->job_id + ")"));
    }
    for (const auto& job : slurm::jobs_of(element.run_folder)) {
      if (job.state != "PENDING" && job.state != "RUNNING" && job.state != "CONFIGURING") continue;
      throw UsageError(
          fmt::format("{} is in the queue already: Slurm job {} ({}). To start afresh: scancel {}",
                      element.run_folder.string(), job.id, job.state, job.id));
    }
  }
}

/// slurm/submit-<n>.sbatch with the next number: earlier ones are kept.
fs::path write_script(const fs::path& folder, const std::string& text) {
  auto& files = local_file_system();
  files.create_folders(folder);
  int number = 1;
  while (fs::exists(folder / fmt::format("submit-{}.sbatch", number))) ++number;
  const auto script = folder / fmt::format("submit-{}.sbatch", number);
  publish_file(files, script, bytes_of(text));
  fs::permissions(script, fs::perms::owner_exec, fs::perm_options::add);
  return script;
}

/// Until none of the jobs is in the queue; asks seldom, for the controller's sake. Returns what the runs came
/// to.
int wait_for(const std::vector<std::string>& ids, const std::vector<slurm::Element>& elements) {
  for (auto pause = std::chrono::seconds(2);; pause = std::min(2 * pause, std::chrono::seconds(30))) {
    const auto left = slurm::queued(ids);
    if (left && left->empty()) break;
    std::this_thread::sleep_for(pause);
  }
  auto code = ExitCode::done;
  for (const auto& element : elements) {
    const auto state = read_status(element.run_folder).state;
    fmt::print("{}: {}\n", element.run_folder.string(), state);
    if (state == "failed") code = ExitCode::failed;
    if (state != "complete" && state != "failed" && code == ExitCode::done) code = ExitCode::interrupted;
  }
  return static_cast<int>(code);
}

int submit(const SubmitOptions& options, const Invocation& invocation) {
  auto batch = options.batch;
  batch.site = slurm::find_profile(options.profile);
  for (const auto& [given, kept] : {std::pair{&options.partition, &batch.site.partition},
                                    {&options.account, &batch.site.account},
                                    {&options.qos, &batch.site.qos},
                                    {&options.mem, &batch.site.mem}}) {
    if (!given->empty()) *kept = *given;
  }
  if (batch.ntasks > 0 && batch.ntasks_per_node > 0)
    throw UsageError("give either --ntasks or --ntasks-per-node");
  batch.elements = elements_of(options);
  batch.program = fs::absolute(invocation.program);
  batch.command = invocation.shown();
  batch.name = "reprise-" + batch.elements.front().run_folder.filename().string();
  batch.chain = options.chain > 0;
  const auto text = slurm::batch_script(batch);
  if (options.dry_run) {
    fmt::print("{}", text);
    return static_cast<int>(ExitCode::done);
  }
  if (!slurm::available()) {
    throw UsageError(
        "there is no sbatch here: submit from a login node of a Slurm cluster, try with a little Slurm of "
        "your own (slurm/local-cluster.sh), or run without one: " +
        fmt::format("reprise run {} -n auto", options.jobs.front().string()));
  }
  refuse_what_is_under_way(batch.elements);
  if (!batch.chain) {
    const auto problem = slurm::requeue_problem(batch.site.partition);
    if (!problem.empty())
      fmt::print(stderr, "reprise: warning: {}; with --chain K the next of K jobs would go on\n", problem);
    if (!batch.site.requeue) {
      fmt::print(stderr,
                 "reprise: warning: jobs of this site can't requeue themselves; with --chain K the next of K "
                 "jobs would go on\n");
    }
  }
  const auto script = write_script(batch.elements.front().run_folder / "slurm", text);
  std::vector<std::string> ids;
  for (int i = 0; i < std::max(options.chain, 1); ++i) {
    ids.push_back(slurm::submit(script));
    for (std::size_t e = 0; e < batch.elements.size(); ++e) {
      const auto& folder = batch.elements[e].run_folder;
      local_file_system().create_folders(folder / "slurm");
      slurm::note_submission(
          folder, batch.elements.size() > 1 ? fmt::format("{}_{}", ids.back(), e) : ids.back(), script);
    }
  }
  fmt::print("Submitted Slurm job{} {}\n", ids.size() > 1 ? "s" : "", fmt::join(ids, ", "));
  for (const auto& element : batch.elements)
    fmt::print("  follow: reprise status {} --watch\n", element.run_folder.string());
  fmt::print("  script: {}\n  stop:   scancel {}\n", script.string(), fmt::join(ids, " "));
  return options.wait ? wait_for(ids, batch.elements) : static_cast<int>(ExitCode::done);
}

}  // namespace

void add_submit(CLI::App& app, Action& action, const Invocation& invocation) {
  auto options = std::make_shared<SubmitOptions>();
  auto* command =
      app.add_subcommand("submit", "Submit a job to Slurm; interrupted, it requeues itself and goes on");
  auto& batch = options->batch;
  command->add_option("job", options->jobs, "Job file (TOML); with --array several")
      ->required()
      ->expected(1, -1);
  command->add_option("--nodes", batch.nodes, "Nodes")->check(CLI::Range(1, 100000))->capture_default_str();
  command->add_option("--ntasks", batch.ntasks, "Worker ranks in all")->check(CLI::Range(1, 1000000));
  command
      ->add_option("--ntasks-per-node", batch.ntasks_per_node,
                   "Worker ranks a node; else whole nodes, a rank for each core")
      ->check(CLI::Range(1, 100000));
  command->add_option("--cpus-per-task", batch.cpus_per_task, "Cores, and threads, a rank")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command->add_option("--time", batch.time, "Time limit of one job, as sbatch takes it: 4:00:00");
  command->add_option("--partition", options->partition, "Partition");
  command->add_option("--account", options->account, "Account");
  command->add_option("--qos", options->qos, "Quality of service");
  command->add_option("--mem", options->mem, "Memory of a node, as sbatch takes it: 64G");
  command->add_option("--profile", options->profile,
                      "Settings of this site (TOML), see slurm/profiles/template.toml");
  command
      ->add_option("--chain", options->chain,
                   "Submit so many jobs that follow each other, instead of one that requeues itself")
      ->check(CLI::Range(1, 1000));
  command->add_flag("--array", options->array,
                    "A job array: an element a job file, or an experiment of a single one");
  command->add_option("--only", options->only, "Of the job's experiments just these")->expected(1);
  command->add_option("--runs", options->runs, "Folder of run folders, on a disk that all nodes share")
      ->capture_default_str();
  command->add_flag("--adopt", batch.adopt,
                    "Go on in a folder made for another job; results of unchanged tasks are reused");
  command->add_flag("--dry-run", options->dry_run, "Print the batch script and submit nothing");
  command->add_flag("--wait", options->wait, "Wait until the run has left the queue for good");
  command->footer(
      "The script is kept in the run folder, under slurm/. After a time limit, preemption or a lost node the "
      "job starts again by\n"
      "itself; after scancel it doesn't, and the same command goes on.\n\nExamples:\n"
      "  reprise submit jobs/paper/kde.toml --nodes 4 --ntasks-per-node 16 --time 1:00:00\n"
      "  reprise submit jobs/smoke/kde.toml --ntasks 2 --dry-run");
  command->callback([options, &action, invocation] {
    action = [options, invocation] { return submit(*options, invocation); };
  });
}

void add_requeue(CLI::App& app, Action& action) {
  struct RequeueOptions {
    fs::path folder;
    std::size_t most = 100;
    bool terminated = false;
  };
  auto options = std::make_shared<RequeueOptions>();
  auto* command =
      app.add_subcommand("requeue", "For batch scripts: start this Slurm job again when that gets anywhere");
  command->add_option("folder", options->folder, "Run folder")->required();
  command->add_option("--most", options->most, "At most so often for one job; 0: never")
      ->capture_default_str();
  command->add_flag(
      "--terminated", options->terminated,
      "The job was told to end (SIGTERM): start it again only when it was preempted, not cancelled");
  command->footer("Example, as reprise submit writes it:\n  exec reprise requeue runs/kde");
  command->callback([options, &action] {
    action = [options] {
      return slurm::requeue_this_job(options->folder, options->most, options->terminated);
    };
  });
}

}  // namespace reprise
