#include "pipeline/slurm/scheduler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <sstream>
#include <thread>

#include "pipeline/base/process.hpp"

namespace reprise::slurm {
namespace {

const ProcessSettings patient{{}, std::chrono::seconds(120)};
const ProcessSettings quick{{}, std::chrono::seconds(5)};

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string trimmed(std::string text) {
  const auto first = text.find_first_not_of(" \t\n");
  if (first == text.npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\n") - first + 1);
}

/// What Slurm's commands say while slurmctld is busy or being restarted.
bool is_busy(const ProcessOutcome& outcome) {
  constexpr std::array<std::string_view, 6> signs{"Unable to contact slurm controller",
                                                  "Socket timed out",
                                                  "Connection refused",
                                                  "temporarily unable",
                                                  "Zero Bytes were transmitted",
                                                  "Transport endpoint is not connected"};
  return !outcome.exit_code || std::ranges::any_of(signs, [&](std::string_view sign) {
    return outcome.errors.find(sign) != std::string::npos;
  });
}

/// Runs a command until the controller has time for it, for half a minute.
ProcessOutcome ask(const std::vector<std::string>& words) {
  for (auto pause = std::chrono::seconds(1);; pause *= 2) {
    auto outcome = run_process(words, patient);
    if (outcome.succeeded() || !is_busy(outcome) || pause > std::chrono::seconds(16)) return outcome;
    std::this_thread::sleep_for(pause);
  }
}

std::vector<std::string> split(const std::string& line, char at) {
  std::vector<std::string> parts;
  std::istringstream in(line);
  for (std::string part; std::getline(in, part, at);) parts.push_back(trimmed(part));
  return parts;
}

}  // namespace

bool available() {
  return on_path("sbatch");
}

std::string submit(const std::filesystem::path& script) {
  const auto outcome = ask({"sbatch", "--parsable", script.string()});
  if (!outcome.succeeded()) {
    auto said = trimmed(outcome.errors);
    if (said.find("partition") != said.npos) {
      const auto known = run_process({"sinfo", "-h", "-o", "%R"}, quick);
      if (known.succeeded()) {
        auto names = split(known.output, '\n');
        std::ranges::sort(names);
        names.erase(std::unique(names.begin(), names.end()), names.end());
        said += fmt::format("\nPartitions here: {}", fmt::join(names, ", "));
      }
    }
    const auto what =
        fmt::format("sbatch did not take the job: {}\nThe script is kept: {}", said, script.string());
    if (is_busy(outcome)) throw Error(what + "\nThe controller did not answer; try again later.");
    throw UsageError(what);
  }
  return trimmed(outcome.output.substr(0, outcome.output.find(';')));
}

void requeue(const std::string& job_id) {
  const auto outcome = ask({"scontrol", "requeue", job_id});
  if (!outcome.succeeded())
    throw Error(fmt::format("scontrol requeue {}: {}", job_id, trimmed(outcome.errors + outcome.output)));
}

bool preempted(const std::string& job_id) {
  if (!on_path("scontrol")) return false;
  const auto told = run_process({"scontrol", "show", "job", "-o", job_id}, quick).output;
  if (told.find("JobState=PREEMPTED") != told.npos) return true;
  constexpr std::string_view name = " PreemptTime=";
  const auto at = told.find(name);
  return told.find("JobState=CANCELLED") == told.npos && at != told.npos &&
         told.compare(at + name.size(), 4, "None") != 0;
}

std::optional<std::vector<QueuedJob>> queued(const std::vector<std::string>& job_ids) {
  std::vector<QueuedJob> jobs;
  if (job_ids.empty()) return jobs;
  if (!on_path("squeue")) return std::nullopt;
  const auto outcome = run_process(
      {"squeue", "-h", "-r", "-j", fmt::format("{}", fmt::join(job_ids, ",")), "-o", "%i|%T|%r|%S|%L"},
      quick);
  // A job that ended long ago is an error to squeue when it is the only one asked for.
  if (!outcome.succeeded() && outcome.errors.find("Invalid job id") == std::string::npos) return std::nullopt;
  std::istringstream lines(outcome.output);
  for (std::string line; std::getline(lines, line);) {
    const auto parts = split(line, '|');
    if (parts.size() < 5) continue;
    const auto known = [](const std::string& text) {
      return text == "N/A" || text == "None" || text == "INVALID" ? "" : text;
    };
    jobs.push_back({parts[0], parts[1], known(parts[2]), known(parts[3]), known(parts[4])});
  }
  return jobs;
}

std::string accounted_state(const std::string& job_id) {
  if (!on_path("sacct")) return "";
  const auto outcome = run_process({"sacct", "-n", "-X", "-P", "-D", "-j", job_id, "-o", "State"}, quick);
  if (!outcome.succeeded()) return "";
  const auto lines = split(trimmed(outcome.output), '\n');
  return lines.empty() ? "" : lines.back();  // after a requeue the first line may go on saying PREEMPTED
}

std::string requeue_problem(const std::string& partition) {
  if (!on_path("scontrol") || !on_path("sinfo")) return "";
  auto name = partition;
  if (name.empty()) {
    const auto all = run_process({"sinfo", "-h", "-o", "%P"}, quick);
    for (const auto& each : split(all.output, '\n')) {
      if (each.ends_with('*')) name = each.substr(0, each.size() - 1);
    }
    if (name.empty()) return "";
  }
  const auto outcome = run_process({"scontrol", "show", "partition", "-o", name}, quick);
  if (!outcome.succeeded() || outcome.output.find("PreemptMode=CANCEL") == std::string::npos) return "";
  return fmt::format("partition {} cancels jobs that it preempts, instead of requeueing them", name);
}

int Allocation::workers() const {
  return tasks > 0 ? tasks : std::max(1, cpus / std::max(1, cpus_per_task));
}

std::optional<Allocation> this_allocation() {
  if (environment("SLURM_JOB_ID").empty()) return std::nullopt;
  Allocation allocation;
  allocation.tasks = std::atoi(environment("SLURM_NTASKS").c_str());
  allocation.cpus_per_task = std::max(1, std::atoi(environment("SLURM_CPUS_PER_TASK").c_str()));
  const auto cpus = environment("SLURM_JOB_CPUS_PER_NODE");
  allocation.cpus = cpus.empty() ? 0 : total_cpus(cpus);
  return allocation;
}

int total_cpus(const std::string& cpus_per_node) {
  const auto refuse = [&] {
    return UsageError(
        fmt::format("can't read SLURM_JOB_CPUS_PER_NODE: \"{}\" is not like 16(x2),8", cpus_per_node));
  };
  int total = 0;
  for (const auto& part : split(cpus_per_node, ',')) {
    int cpus = 0;
    int nodes = 1;
    const char* end = part.data() + part.size();
    auto [next, error] = std::from_chars(part.data(), end, cpus);
    if (error != std::errc{}) throw refuse();
    if (next != end) {
      if (end - next < 4 || std::string_view(next, 2) != "(x" || *(end - 1) != ')') throw refuse();
      const auto count = std::from_chars(next + 2, end - 1, nodes);
      if (count.ec != std::errc{} || count.ptr != end - 1) throw refuse();
    }
    total += cpus * nodes;
  }
  return total;
}

}  // namespace reprise::slurm
