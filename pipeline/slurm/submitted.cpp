#include "pipeline/slurm/submitted.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "pipeline/slurm/scheduler.hpp"
#include "pipeline/store/file_system.hpp"

namespace reprise::slurm {

void note_submission(const std::filesystem::path& run_folder, const std::string& job_id,
                     const std::filesystem::path& script) {
  const nlohmann::ordered_json line{
      {"time", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)))},
      {"job_id", job_id},
      {"script", script.filename().string()}};
  local_file_system().append(run_folder / "slurm" / "jobs.jsonl", bytes_of(line.dump() + "\n"));
}

std::vector<BatchJob> jobs_of(const std::filesystem::path& run_folder) {
  std::vector<std::string> ids;
  std::ifstream in(run_folder / "slurm" / "jobs.jsonl");
  for (std::string line; std::getline(in, line);) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    if (json.is_object() && json.contains("job_id")) ids.push_back(json.at("job_id"));
  }
  constexpr std::size_t most_asked = 200;  // the latest: a chain's jobs are all in the queue
  if (ids.size() > most_asked) ids.erase(ids.begin(), ids.end() - most_asked);
  std::vector<BatchJob> jobs;
  const auto in_queue = queued(ids);
  if (!in_queue) return jobs;
  for (const auto& job : *in_queue) jobs.push_back({job.id, job.state, job.reason, job.start, job.time_left});
  if (jobs.empty() && !ids.empty()) {
    const auto state = accounted_state(ids.back());
    jobs.push_back({ids.back(), state.empty() ? "no longer in the queue" : state, "", "", ""});
  }
  return jobs;
}

}  // namespace reprise::slurm
