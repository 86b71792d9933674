#include "pipeline/run/collect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "pipeline/report/published_store.hpp"
#include "pipeline/run/events.hpp"
#include "pipeline/run/run_folder.hpp"
#include "pipeline/run/status.hpp"
#include "pipeline/run/verify.hpp"
#include "pipeline/store/h5_file.hpp"

namespace reprise {
namespace {

namespace fs = std::filesystem;

std::string setting(const FrozenJob& frozen, std::string_view name) {
  for (const auto& [key, value] : frozen.meaning) {
    if (key != name) continue;
    return value.size() >= 2 && value.front() == '"' ? value.substr(1, value.size() - 2) : value;
  }
  return "?";
}

PaperIdentity identity_of(const std::string& id) {
  for (const auto* paper : papers()) {
    if (paper->identity.id == id) return paper->identity;
  }
  return {id, id, "", "", ""};
}

/// Experiments as published; those that have published nothing yet stand there with their claims.
std::vector<Published> experiments_of(const fs::path& run_folder, const FrozenJob& frozen) {
  std::vector<Published> all;
  const Paper* paper = nullptr;
  for (const auto* each : papers()) {
    if (each->identity.id == setting(frozen, "paper")) paper = each;
  }
  for (const auto& [name, claims] : frozen.claims) {
    const auto file = run_folder / "published" / (name + ".h5");
    if (fs::exists(file)) {
      all.push_back(read_published(h5::File::open(file).root().open_group("published/" + name)));
      continue;
    }
    Published empty;
    empty.experiment = name;
    empty.title = name;
    if (const auto* experiment = paper == nullptr ? nullptr : paper->find(name)) {
      empty.title = experiment->title;
      empty.description = experiment->description;
      empty.order = static_cast<int>(experiment - paper->experiments.data());
    }
    empty.claims = claims;
    all.push_back(std::move(empty));
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Published& a, const Published& b) { return a.order < b.order; });
  return all;
}

void add_history(RunReport& report, const fs::path& run_folder) {
  report.cost.starts = 0;
  for (const auto& event : read_events(run_folder)) {
    const auto& kind = event.at("event");
    if (kind == "start") ++report.cost.starts;
    if (kind == "start" && event.contains("command")) report.command_line = event.at("command");
    if (kind == "requeue") ++report.cost.requeues;
    if (kind == "segment_damaged") {
      report.notes.push_back(
          fmt::format("Segment {} was damaged ({}); it was set aside and its tasks ran again.",
                      event.value("segment", "?"), event.value("reason", "?")));
    }
  }
  report.cost.resumes = std::max(0, report.cost.starts - 1);
}

}  // namespace

RunReport collect(const fs::path& run_folder) {
  const auto status = read_status(run_folder);
  const auto frozen = read_frozen(run_folder).value_or(FrozenJob{});
  RunReport report;
  report.paper = identity_of(setting(frozen, "paper"));
  report.job = fs::absolute(run_folder).lexically_normal().filename().string();
  if (report.job.empty()) report.job = fs::absolute(run_folder).parent_path().filename().string();
  report.scale = setting(frozen, "scale");
  report.seed = setting(frozen, "seed");
  report.run_folder = run_folder.string();
  report.experiments = experiments_of(run_folder, frozen);
  report.complete = status.state == "complete";
  add_history(report, run_folder);

  std::map<std::string, Origin> origins;  // by everything but the job id
  std::map<std::string, std::set<std::uint32_t>> ranks;
  const auto verified = verify(run_folder, [&](const std::string&, const StoredRow& row) {
    const auto host = row.origin.host + "\n" + row.origin.isa;
    origins.try_emplace(host, row.origin);
    ranks[host].insert(row.provenance.rank);
  });
  report.cost.core_hours = verified.cpu_seconds / 3600;
  for (const auto& [host, origin] : origins) {
    report.machines.push_back({origin.host, origin.cpu, origin.isa, static_cast<int>(ranks.at(host).size())});
    report.revision = origin.revision;
  }
  report.cost.wall_seconds = status.wall_seconds;

  for (const auto& stage : status.stages) {
    report.stages.push_back({stage.experiment,
                             stage.stage,
                             {stage.done, stage.failed, stage.not_run(), stage.set_aside},
                             stage.core_seconds / 3600});
  }
  for (const auto& failure : status.failures) {
    report.failures.push_back({failure.experiment, failure.task, failure.input, failure.message,
                               failure.set_aside, failure.attempts});
  }
  const Origin any = origins.empty() ? Origin{} : origins.begin()->second;
  report.provenance = {{"results", std::to_string(verified.rows)},
                       {"digest of all results", verified.digest},
                       {"seed", report.seed},
                       {"instruction set", frozen.isa},
                       {"criteria frozen", frozen.frozen_at},
                       {"program", fmt::format("reprise {} ({})", any.reprise, any.revision)},
                       {"compiler", any.compiler},
                       {"libraries", any.libraries}};
  if (!verified.sound()) {
    report.notes.push_back(
        "The run folder is damaged: `reprise verify` says where, `reprise run` computes it again.");
  }
  if (!report.complete)
    report.notes.push_back(fmt::format("The run is not complete: it is {}.", status.state));
  return report;
}

}  // namespace reprise
