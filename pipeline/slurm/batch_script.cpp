#include "pipeline/slurm/batch_script.hpp"

#include <fmt/format.h>

#include "pipeline/base/shell.hpp"

namespace reprise::slurm {
namespace {

std::string directives(const Batch& batch) {
  const auto& site = batch.site;
  std::string text;
  const auto say = [&](const std::string& option) { text += "#SBATCH " + option + "\n"; };
  const auto say_if = [&](const char* name, const std::string& value) {
    if (!value.empty()) say(fmt::format("--{}={}", name, value));
  };
  const bool array = batch.elements.size() > 1;
  const auto folder = batch.elements.front().run_folder / "slurm";
  say("--job-name=" + batch.name);
  say(fmt::format("--nodes={}", batch.nodes));
  if (batch.ntasks > 0) say(fmt::format("--ntasks={}", batch.ntasks));
  if (batch.ntasks_per_node > 0) say(fmt::format("--ntasks-per-node={}", batch.ntasks_per_node));
  if (batch.ntasks == 0 && batch.ntasks_per_node == 0) say("--exclusive");  // whole nodes: a rank a core
  say(fmt::format("--cpus-per-task={}", batch.cpus_per_task));
  say_if("time", batch.time);
  say_if("partition", site.partition);
  say_if("account", site.account);
  say_if("qos", site.qos);
  say_if("mem", site.mem);
  for (const auto& option : site.sbatch) say(option);
  if (array) say(fmt::format("--array=0-{}", batch.elements.size() - 1));
  say(fmt::format("--output={}/{}.log", folder.string(), array ? "%A_%a" : "%j"));
  say("--open-mode=append");
  // Preempted or after a node was lost, Slurm itself starts a job again that may be requeued. In a chain the
  // next takes over.
  say(batch.chain ? "--no-requeue" : "--requeue");
  if (batch.chain) say("--dependency=singleton");
  text += "# Slurm warns this shell (B:) before the time limit, so that the run can stop in order.\n";
  say(fmt::format("--signal=B:USR1@{}", site.warning_seconds));
  return text;
}

std::string list(const char* name, const std::vector<std::string>& values) {
  std::string text = fmt::format("{}=(", name);
  for (const auto& value : values) text += "\n  " + shell_word(value);
  return text + ")\n";
}

std::string which_run(const Batch& batch) {
  if (batch.elements.size() == 1) {
    const auto& only = batch.elements.front();
    return fmt::format("job={}\nexperiment={}\nrun={}\n", shell_word(only.job_file.string()),
                       shell_word(only.experiment), shell_word(only.run_folder.string()));
  }
  std::vector<std::string> jobs;
  std::vector<std::string> experiments;
  std::vector<std::string> runs;
  for (const auto& element : batch.elements) {
    jobs.push_back(element.job_file.string());
    experiments.push_back(element.experiment);
    runs.push_back(element.run_folder.string());
  }
  return list("jobs", jobs) + list("experiments", experiments) + list("runs", runs) +
         "job=${jobs[$SLURM_ARRAY_TASK_ID]}\n"
         "experiment=${experiments[$SLURM_ARRAY_TASK_ID]}\n"
         "run=${runs[$SLURM_ARRAY_TASK_ID]}\n";
}

std::string surroundings(const Batch& batch) {
  const auto& site = batch.site;
  std::string text;
  for (const auto& module : site.modules) text += fmt::format("module load {}\n", shell_word(module));
  for (const auto& line : site.setup) text += line + "\n";
  if (!site.scratch.empty()) {
    text +=
        fmt::format("export TMPDIR=\"{}\"  # temporary files on the node's own disk\nmkdir -p \"$TMPDIR\"\n",
                    site.scratch);
  }
  text +=
      "export SLURM_EXPORT_ENV=ALL  # also where this script was submitted with --export=NONE: mpirun starts "
      "by srun\n";
  text += "export OMP_NUM_THREADS=${SLURM_CPUS_PER_TASK:-1}\n";
  text += fmt::format("export REPRISE_WARNING_SECONDS={}  # between Slurm's warning and the time limit\n",
                      site.warning_seconds);
  text += "export REPRISE_PROGRESS=log\n";
  if (site.launcher == Launcher::mpirun) {
    text +=
        "# mpirun refuses root unless told twice; whoever submits as root means to.\n"
        "if [ \"$(id -u)\" = 0 ]; then export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1; "
        "fi\n";
  }
  return text;
}

std::string start(const Batch& batch) {
  std::string options = "\"${options[@]}\"";
  if (batch.adopt) options += " --adopt";
  if (batch.site.launcher == Launcher::srun) {
    return fmt::format("srun --mpi={} --kill-on-bad-exit=0 \"$reprise\" run \"$job\" {} &\n", batch.site.mpi,
                       options);
  }
  return fmt::format("\"$reprise\" run \"$job\" -n auto {} &\n", options);
}

}  // namespace

std::string batch_script(const Batch& batch) {
  std::string text = "#!/bin/bash\n" + directives(batch);
  text += fmt::format(
      "#\n"
      "# Written by: {}\n"
      "# To go on with the run by hand, submit this very file again, or give that command again.\n\n",
      batch.command);
  text += fmt::format("reprise={}\n", shell_word(batch.program.string())) + which_run(batch) + "\n";
  text += surroundings(batch) + "\n";
  if (batch.chain) {
    text +=
        "# One of a chain: when the run is complete, the rest of the chain has nothing to do.\n"
        "if [ \"$(\"$reprise\" status --state \"$run\")\" = complete ]; then exit 0; fi\n\n";
  } else {
    text +=
        "command -v scontrol >/dev/null ||\n"
        "  echo \"warning: there is no scontrol here, so this job can't requeue itself; consider reprise "
        "submit --chain\"\n\n";
  }
  text +=
      "options=(--runs \"$(dirname \"$run\")\")\n"
      "if [ -n \"$experiment\" ]; then options+=(--only \"$experiment\"); fi\n\n"
      "pid=\n"
      "terminated=\n"
      "pass_on() { if [ -n \"$pid\" ]; then kill -s \"$1\" \"$pid\"; fi; }\n"
      "trap 'pass_on USR1' USR1                            # time is nearly up\n"
      "trap 'terminated=--terminated; pass_on TERM' TERM  # scancel, or preempted\n\n"
      "# In the background: a shell that waits for a program in the foreground hears no signal.\n";
  text += start(batch);
  text +=
      "pid=$!\n"
      "while :; do\n"
      "  wait $pid\n"
      "  code=$?\n"
      "  kill -0 $pid 2>/dev/null || break  # a signal ends wait, not the run\n"
      "done\n\n";
  if (batch.chain) {
    text += "exit $code  # the next of the chain goes on\n";
  } else {
    text += fmt::format(
        "# 75: interrupted, to be gone on with. `requeue` looks whether this allocation got anywhere, and "
        "asks Slurm to start the\n"
        "# job again; after TERM only when that was a preemption, not a scancel.\n"
        "if [ $code = 75 ]; then exec \"$reprise\" requeue \"$run\" --most {} $terminated; fi\nexit $code\n",
        batch.site.requeue ? batch.site.most_requeues : 0);
  }
  return text;
}

}  // namespace reprise::slurm
