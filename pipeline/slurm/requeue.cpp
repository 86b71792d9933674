#include "pipeline/slurm/requeue.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "pipeline/base/batch_job.hpp"
#include "pipeline/base/process.hpp"
#include "pipeline/run/events.hpp"
#include "pipeline/run/headway.hpp"
#include "pipeline/run/status.hpp"
#include "pipeline/slurm/scheduler.hpp"

namespace reprise::slurm {

RequeueDecision decide_requeue(const std::filesystem::path& run_folder, const std::string& job,
                               std::size_t most) {
  const auto resume =
      fmt::format("What is stored is kept; submit the job again to go on. `reprise status {}` tells more.",
                  run_folder.string());
  if (most == 0)
    return {false, "jobs of this site can't requeue themselves (requeue = false in the profile). " + resume};
  std::vector<Headway> at{{}};  // at the start and at each of this job's requeues
  for (const auto& event : read_events(run_folder)) {
    if (event.at("event") != "requeue" || event.value("job_id", "") != job) continue;
    at.push_back({event.value("results", std::size_t{0}), event.value("checkpoints", std::size_t{0})});
  }
  const auto requeues = at.size() - 1;
  if (requeues >= most) {
    return {false,
            fmt::format("the job has requeued itself {} times, as often as it may. {}", requeues, resume)};
  }
  const bool got_nowhere = !headway(run_folder).beyond(at.back());
  const bool nor_before = requeues > 0 && !at[requeues].beyond(at[requeues - 1]);
  if (got_nowhere && nor_before) {
    return {false,
            "two allocations in a row got nowhere: no new result, no new checkpoint. Is a task longer than "
            "the time limit and without checkpoints, or a node broken? The job is not requeued. " +
                resume};
  }
  return {true, ""};
}

int requeue_this_job(const std::filesystem::path& run_folder, std::size_t most, bool terminated) {
  const auto job = batch_job_id();
  if (job.empty())
    throw UsageError("`reprise requeue` is for batch scripts: this process belongs to no Slurm job");
  const auto status = read_status(run_folder);
  if (status.state == "complete") return static_cast<int>(ExitCode::done);
  if (terminated && !preempted(job)) return static_cast<int>(ExitCode::interrupted);
  Events events(run_folder, local_file_system(), status.holder ? status.holder->epoch : 0);
  auto decision = decide_requeue(run_folder, job, most);
  if (decision.requeue && !on_path("scontrol")) {
    decision = {false,
                "there is no scontrol on this node, so the job can't requeue itself. Submit it again to go "
                "on, or submit a chain: reprise submit --chain 5"};
  }
  if (!decision.requeue) {
    events.add("not_requeued", {{"job_id", job}, {"reason", decision.reason}});
    fmt::print(stderr, "reprise: {}\n", decision.reason);
    return static_cast<int>(ExitCode::interrupted);
  }
  // Noted first: once Slurm has taken the request, it ends this process.
  const auto far = headway(run_folder);
  events.add("requeue", {{"job_id", job}, {"results", far.results}, {"checkpoints", far.checkpoints}});
  fmt::print(stderr, "reprise: interrupted; asking Slurm to start job {} again\n", job);
  requeue(job);
  return static_cast<int>(ExitCode::interrupted);
}

}  // namespace reprise::slurm
