#include "pipeline/run/run_folder.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "pipeline/base/nearest.hpp"

namespace reprise {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

Json to_json(const Claim& claim) {
  return {{"id", claim.id},         {"statement", claim.statement}, {"published", claim.published},
          {"source", claim.source}, {"criterion", claim.criterion}, {"scale", claim.scale}};
}

Claim claim_from(const Json& json) {
  return {json.at("id"),     json.at("statement"), json.at("published"),
          json.at("source"), json.at("criterion"), json.at("scale")};
}

}  // namespace

CheckedJob check_job(Job job, Complaints& complaints) {
  CheckedJob checked{std::move(job)};
  std::vector<std::string> ids;
  for (const auto* paper : papers()) {
    ids.push_back(paper->identity.id);
    if (paper->identity.id == checked.job.paper) checked.paper = paper;
  }
  const auto root = checked.job.root.collecting(complaints);
  if (checked.paper == nullptr) {
    if (checked.job.paper.empty()) return checked;  // said already
    root.require(false, "paper",
                 fmt::format("names no paper: there is no \"{}\"{}", checked.job.paper,
                             did_you_mean(checked.job.paper, ids)));
    return checked;
  }
  checked.meaning = flatten(checked.job);
  std::erase_if(checked.meaning, [](const auto& entry) {
    return entry.first.starts_with("run.") && entry.first != "run.isa";  // how, not what
  });
  std::vector<std::string> known;
  for (const auto& each : checked.paper->experiments) known.push_back(each.name);
  if (checked.job.experiments.empty()) {
    root.require(
        false, "experiments",
        "names no experiment: add a table [experiments.NAME] for each that should run; `reprise list " +
            checked.job.paper + "` shows them");
  } else if (const auto all = checked.job.root.sub("experiments")) {
    all->collecting(complaints).require_known(known, "`reprise list " + checked.job.paper + "`");
  }
  for (const auto& [name, table] : checked.job.experiments) {
    const auto* experiment = checked.paper->find(name);
    if (experiment == nullptr) continue;
    const auto before = complaints.size();
    experiment->check(table, complaints);
    if (complaints.size() > before) continue;
    auto part = experiment->flatten(table, "experiments." + name);
    checked.meaning.emplace_back("experiments." + name, "true");
    checked.meaning.insert(checked.meaning.end(), part.begin(), part.end());
  }
  return checked;
}

namespace {

void select(Job& job, const std::vector<std::string>& only) {
  std::vector<std::string> known;
  for (const auto& [name, table] : job.experiments) known.push_back(name);
  for (const auto& name : only) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    throw UsageError(fmt::format("{} has no experiment \"{}\"{}; it has {}", job.path.string(), name,
                                 did_you_mean(name, known), fmt::join(known, ", ")));
  }
  std::erase_if(job.experiments, [&](const auto& each) {
    return std::find(only.begin(), only.end(), each.first) == only.end();
  });
  for (const auto& name : only) job.name += "-" + name;
}

}  // namespace

CheckedJob read_checked_job(const fs::path& path, const std::vector<std::string>& only) {
  Complaints complaints;
  auto job = read_job(path, complaints);
  if (!only.empty()) select(job, only);
  auto checked = check_job(std::move(job), complaints);
  complaints.throw_if_any();
  return checked;
}

std::optional<FrozenJob> read_frozen(const fs::path& run_folder) {
  const auto file = run_folder / "frozen.json";
  std::error_code error;
  if (!fs::exists(file, error)) {
    if (!fs::exists(run_folder, error)) return std::nullopt;
    if (!fs::is_directory(run_folder, error)) {
      throw UsageError(fmt::format("{} is a file, not a run folder", run_folder.string()));
    }
    const bool was_held = fs::exists(run_folder / "holders", error);
    for (const auto& entry : fs::directory_iterator(run_folder, error)) {
      const auto name = entry.path().filename().string();
      // A start cut short leaves these; job.toml is written before frozen.json.
      if (name == "holders" || name == "events.jsonl" || name == "slurm" || name.ends_with(".tmp")) continue;
      if (name == "job.toml" && was_held) continue;
      throw UsageError(
          fmt::format("{} holds files but is not a run folder of reprise (there is no frozen.json): choose "
                      "another with --runs",
                      run_folder.string()));
    }
    return std::nullopt;
  }
  try {
    const auto bytes = read_file(file);
    const auto json = Json::parse(text_of(bytes));
    FrozenJob frozen;
    for (const auto& [key, value] : json.at("meaning").items()) frozen.meaning.emplace_back(key, value);
    frozen.isa = json.at("isa");
    frozen.frozen_at = json.at("frozen_at");
    for (const auto& [experiment, claims] : json.at("claims").items()) {
      frozen.claims.emplace_back(experiment, std::vector<Claim>{});
      for (const auto& claim : claims) frozen.claims.back().second.push_back(claim_from(claim));
    }
    return frozen;
  } catch (const nlohmann::json::exception& broken) {
    throw UsageError(
        fmt::format("{} can't be read ({}): restore it, or start anew in another folder with --runs",
                    file.string(), broken.what()));
  }
}

void freeze(const fs::path& run_folder, FileSystem& files, const CheckedJob& job, const FrozenJob& frozen,
            std::int64_t epoch) {
  Json json;
  json["meaning"] = Json::object();
  for (const auto& [key, value] : frozen.meaning) json["meaning"][key] = value;
  json["isa"] = frozen.isa;
  json["frozen_at"] = frozen.frozen_at;
  json["claims"] = Json::object();
  for (const auto& [experiment, claims] : frozen.claims) {
    json["claims"][experiment] = Json::array();
    for (const auto& claim : claims) json["claims"][experiment].push_back(to_json(claim));
  }
  if (fs::exists(run_folder / "job.toml")) {
    files.rename(run_folder / "job.toml", run_folder / fmt::format("job.e{}.toml", epoch - 1));
  }
  publish_file(files, run_folder / "job.toml", bytes_of(job.job.text));
  // Last: a folder is a run once this is there.
  publish_file(files, run_folder / "frozen.json", bytes_of(json.dump(1) + "\n"));
}

void refuse_other_job(const fs::path& run_folder, const FrozenJob& frozen, const CheckedJob& job) {
  const auto changed = differences(frozen.meaning, job.meaning);
  if (changed.empty()) return;
  throw UsageError(
      fmt::format("{} was made for another job; what differs (before -> now):\n{}\nRun it into another "
                  "folder (give the job another name, or use --runs), or add --adopt to go on here with the "
                  "new job: results whose tasks are unchanged are reused.",
                  run_folder.string(), to_text(changed)));
}

std::vector<Claim> frozen_claims(const FrozenJob& frozen, const Experiment& experiment) {
  for (const auto& [name, claims] : frozen.claims) {
    if (name == experiment.name) return claims;
  }
  return experiment.claims;
}

}  // namespace reprise
