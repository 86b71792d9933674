#include "pipeline/run/status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "pipeline/run/events.hpp"
#include "pipeline/run/run_folder.hpp"
#include "pipeline/store/store.hpp"

namespace reprise {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// What progress.json says; nothing when it is of another version or damaged: then the run writes a new one.
void read_progress(RunStatus& status) try {
  const auto file = status.folder / "progress.json";
  if (!fs::exists(file)) return;
  const auto bytes = read_file(file);
  const auto json = Json::parse(text_of(bytes), nullptr, false);
  if (!json.is_object()) return;
  status.updated = json.value("time", "");
  status.wall_seconds = json.value("total_wall_seconds", 0.0);
  status.stages = stages_from(json.at("stages"));
  status.failure_count = json.value("failure_count", std::size_t{0});
  for (const auto& each : json.at("failures")) {
    status.failures.push_back({Key::from_hex(each.at("key").get<std::string>()), each.at("experiment"),
                               each.at("task"), each.at("input"), each.at("message"), each.at("attempts"),
                               each.at("set_aside")});
  }
  status.coordinator_cpu_share = json.at("coordinator").value("cpu_share", 0.0);
  status.coordinator_memory = json.at("coordinator").value("peak_memory_bytes", std::uint64_t{0});
} catch (const nlohmann::json::exception&) {
  status.stages.clear();
  status.failures.clear();
}

std::string state_of(const RunStatus& status) {
  if (!status.holder) return "not started";
  if (status.holder->alive(stale_after_seconds)) return "running";
  if (!status.holder->released) return "crashed";
  switch (static_cast<ExitCode>(status.holder->exit_code)) {
    case ExitCode::done:
      return "complete";
    case ExitCode::interrupted:
      return "interrupted";
    default:
      return "failed";
  }
}

}  // namespace

RunStatus read_status(const fs::path& run_folder) {
  RunStatus status{run_folder};
  if (!fs::exists(run_folder))
    throw UsageError(fmt::format("there is no run folder {}", run_folder.string()));
  status.holder = latest_holder(run_folder);
  if (!read_frozen(run_folder) && !status.holder && !fs::exists(run_folder / "slurm")) {
    throw UsageError(
        fmt::format("{} is not a run folder: it has neither frozen.json nor holders/", run_folder.string()));
  }
  read_progress(status);
  for (const auto& name : list_segments(run_folder / "segments")) {
    try {
      status.stored += read_segment_header(run_folder / "segments" / name).row_count();
      ++status.segments;
    } catch (const Error& error) {
      status.damaged.push_back(name + ": " + error.what());
    }
  }
  for (const auto& event : read_events(run_folder)) {
    const auto& kind = event.at("event");
    if (kind == "start") ++status.starts;
    if (kind == "rank_lost") ++status.lost_ranks;
    if (kind == "requeue") ++status.requeues;
    if (kind == "not_requeued") status.not_requeued = event.value("reason", "");
    if (kind == "start" || kind == "requeue") status.not_requeued.clear();
    if (kind == "task_crashed" || (kind == "rank_lost" && event.contains("key"))) ++status.crashes;
  }
  status.state = state_of(status);
  return status;
}

Json to_json(const RunStatus& status) {
  Json json;
  json["folder"] = status.folder.string();
  json["state"] = status.state;
  if (status.holder) {
    json["holder"] = {{"host", status.holder->host},
                      {"pid", status.holder->pid},
                      {"job_id", status.holder->job_id},
                      {"epoch", status.holder->epoch},
                      {"ranks", status.holder->ranks},
                      {"started", status.holder->started},
                      {"heartbeat_age", status.holder->heartbeat_age}};
  }
  json["updated"] = status.updated;
  json["stages"] = to_json(status.stages);
  json["stored"] = status.stored;
  json["segments"] = status.segments;
  json["damaged"] = status.damaged;
  json["starts"] = status.starts;
  json["lost_ranks"] = status.lost_ranks;
  json["requeues"] = status.requeues;
  json["slurm"] = Json::array();
  for (const auto& job : status.slurm) {
    json["slurm"].push_back({{"job_id", job.id},
                             {"state", job.state},
                             {"reason", job.reason},
                             {"start", job.start},
                             {"time_left", job.time_left}});
  }
  json["crashes"] = status.crashes;
  json["coordinator"] = {{"cpu_share", status.coordinator_cpu_share},
                         {"peak_memory_bytes", status.coordinator_memory}};
  json["failure_count"] = status.failure_count;
  json["failures"] = Json::array();
  for (const auto& failure : status.failures) {
    json["failures"].push_back({{"key", failure.key.hex()},
                                {"experiment", failure.experiment},
                                {"task", failure.task},
                                {"input", failure.input},
                                {"message", failure.message},
                                {"attempts", failure.attempts},
                                {"set_aside", failure.set_aside}});
  }
  return json;
}

std::string to_text(const RunStatus& status) {
  std::string text = fmt::format("{}: {}", status.folder.string(), status.state);
  if (status.holder) {
    const auto& holder = *status.holder;
    text += fmt::format(", pid {} on {}{}, {} {}", holder.pid, holder.host,
                        holder.job_id.empty() ? "" : " (Slurm job " + holder.job_id + ")", holder.ranks,
                        holder.ranks == 1 ? "rank" : "ranks");
    if (status.state == "running") text += fmt::format(", heartbeat {:.0f} s ago", holder.heartbeat_age);
    if (status.state == "crashed") {
      text += fmt::format("; its lock is stale and the next `reprise run` takes it over by itself");
    }
  }
  text += fmt::format("\n{} results in {} segments; {} {}", show_count(status.stored),
                      show_count(status.segments), status.starts, status.starts == 1 ? "start" : "starts");
  if (status.requeues > 0)
    text += fmt::format(", requeued {} {}", status.requeues, status.requeues == 1 ? "time" : "times");
  if (status.lost_ranks > 0) text += fmt::format(", {} ranks lost", status.lost_ranks);
  if (status.crashes > 0) text += fmt::format(", {} crashes of tasks", status.crashes);
  for (const auto& job : status.slurm) {
    text += fmt::format("\nSlurm job {}: {}", job.id, job.state);
    if (job.state == "PENDING" && !job.reason.empty()) text += fmt::format(" ({})", job.reason);
    if (job.state == "PENDING" && !job.start.empty())
      text += fmt::format(", expected to start {}", job.start);
    if (job.state == "RUNNING" && !job.time_left.empty()) text += fmt::format(", {} left", job.time_left);
  }
  if (!status.not_requeued.empty()) text += "\nnot requeued: " + status.not_requeued;
  if (!status.updated.empty()) {
    text += fmt::format("\ncoordinator: {:.1f} % of a core, {:.0f} MB; as of {}",
                        100 * status.coordinator_cpu_share,
                        static_cast<double>(status.coordinator_memory) / 1e6, status.updated);
  }
  text += "\n";
  std::size_t experiment_width = 10;
  std::size_t stage_width = 5;
  for (const auto& stage : status.stages) {
    experiment_width = std::max(experiment_width, stage.experiment.size());
    stage_width = std::max(stage_width, stage.stage.size());
  }
  const auto line = [&](const std::string& experiment, const std::string& stage, const auto&... cells) {
    text += fmt::format("{:<{}}  {:<{}}", experiment, experiment_width, stage, stage_width);
    text += fmt::format(" {:>11} {:>11} {:>9} {:>9} {:>11} {:>10} {:>12}\n", cells...);
  };
  if (!status.stages.empty()) {
    text += "\n";
    line("experiment", "stage", "done", "tasks", "failed", "set aside", "not run", "rate", "ETA");
  }
  for (const auto& stage : status.stages) {
    const bool running = status.state == "running" && !stage.finished();
    line(stage.experiment, stage.stage, show_count(stage.done), show_count(stage.size),
         show_count(stage.failed), show_count(stage.set_aside), show_count(stage.not_run()),
         running && stage.rate > 0 ? fmt::format("{:.3g}/s", stage.rate) : "-",
         running && stage.eta >= 0 ? show_duration(stage.eta) : "-");
  }
  for (const auto& damaged : status.damaged) text += fmt::format("\ndamaged segment {}", damaged);
  constexpr std::size_t most_shown = 20;
  for (std::size_t i = 0; i < std::min(most_shown, status.failures.size()); ++i) {
    const auto& failure = status.failures[i];
    text += fmt::format("\n{}: {}({}): {}", failure.set_aside ? "set aside" : "failed", failure.task,
                        failure.input, failure.message);
  }
  if (status.failure_count > most_shown) {
    text +=
        fmt::format("\n... {} more; --json lists up to 1,000", show_count(status.failure_count - most_shown));
  }
  if (!status.failures.empty() || !status.damaged.empty()) text += "\n";
  return text;
}

}  // namespace reprise
