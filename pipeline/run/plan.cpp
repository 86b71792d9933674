#include "pipeline/run/plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "pipeline/run/isa.hpp"
#include "pipeline/run/progress.hpp"

namespace reprise {
namespace {

namespace fs = std::filesystem;

/// How long stored rows of a kind took, beside what the task itself expected of them.
struct Measured {
  double wall = 0;
  double expected = 0;
  std::size_t rows = 0;
};

std::map<std::string, Measured> measure(const Store& store, Plan& plan) {
  constexpr std::size_t most_rows = 2000;
  std::map<std::string, Measured> by_task;
  for (const auto& name : list_segments(store.segments_folder())) {
    const auto file = store.segments_folder() / name;
    plan.stored_bytes += fs::file_size(file);
    try {
      const auto segment = Segment::open(file);
      for (const auto& table : segment.tables()) {
        auto& measured = by_task[table.task.name];
        if (measured.rows >= most_rows || table.rows == 0) continue;
        const auto count = std::min(table.rows, most_rows);
        const auto* kind = find_task_kind(table.task.name);
        const bool expects_cost =
            kind != nullptr && kind->cost && kind->identity.version == table.task.version;
        const auto provenance = table.provenance.read(0, count);
        const auto inputs = expects_cost ? table.input.read(0, count) : std::vector<Bytes>();
        for (std::size_t i = 0; i < count; ++i) {
          measured.wall += static_cast<double>(decode<RowProvenance>(provenance[i]).wall_seconds);
          if (expects_cost) measured.expected += kind->cost(inputs[i]);
        }
        measured.rows += count;
      }
    } catch (const DamagedFile&) {
      continue;  // the scan has said so
    }
  }
  return by_task;
}

}  // namespace

bool Plan::complete() const {
  return open_ended.empty() && problems.empty() &&
         std::all_of(stages.begin(), stages.end(), [](const auto& stage) { return stage.absent.tasks == 0; });
}

Plan make_plan(const CheckedJob& job, const fs::path& run_folder, std::size_t keep) {
  Plan plan;
  plan.folder = run_folder;
  const auto before = read_frozen(plan.folder);
  FrozenJob frozen = before.value_or(FrozenJob{});
  if (job.job.run.isa != JobIsa::automatic) frozen.isa = name_of(job.job.run.isa);
  if (frozen.isa.empty()) frozen.isa = instruction_sets().best();

  Store store(plan.folder, local_file_system());
  const auto scan = store.scan();
  plan.damaged = scan.damaged;
  plan.stored_rows = scan.rows;
  const auto measured = measure(store, plan);

  Ledger ledger(store, {});
  std::mutex mutex;
  const auto stage_of = [&](const Mapping& mapping) -> PlannedStage& {
    for (auto& stage : plan.stages) {
      if (stage.experiment == mapping.experiment && stage.stage == mapping.stage) return stage;
    }
    plan.stages.push_back({mapping.experiment, mapping.stage, mapping.kind->identity.name});
    return plan.stages.back();
  };
  ledger.plan_only([&](const Mapping& mapping, std::size_t, const Key& key, ByteView input) {
    const std::scoped_lock lock(mutex);
    auto& stage = stage_of(mapping);
    const auto found = measured.find(mapping.kind->identity.name);
    const bool known = found != measured.end() && found->second.rows > 0;
    double seconds = -1;
    if (mapping.kind->cost) {
      const double scale =
          known && found->second.expected > 0 ? found->second.wall / found->second.expected : 1;
      seconds = scale * mapping.kind->cost(input);
    } else if (known) {
      seconds = found->second.wall / static_cast<double>(found->second.rows);
    }
    stage.measured = known;
    if (seconds < 0) ++stage.absent.unknown;
    stage.absent.add(std::max(seconds, 0.0));
    if (plan.absent.size() < keep) {
      plan.absent.push_back({mapping.kind, key, {input.begin(), input.end()}, mapping.experiment});
    }
  });
  {
    Drivers drivers(
        job, frozen, ledger, [](const Published&) {}, [] {});
    for (const auto& end : drivers.join()) {
      if (end.how == DriverEnd::How::needs_results) plan.open_ended.push_back(end.experiment);
      if (end.how == DriverEnd::How::failed) plan.problems.push_back(end.experiment + ": " + end.message);
    }
  }
  for (const auto& mapping : ledger.snapshot()) {
    auto& stage = stage_of(mapping);
    stage.size += mapping.size;
    stage.stored += mapping.done;
  }
  return plan;
}

int show_plan(const Plan& plan) {
  if (plan.complete()) {
    fmt::print("Nothing to run: all {} results are in {}.\n", show_count(plan.stored_rows),
               plan.folder.string());
    return static_cast<int>(ExitCode::done);
  }
  fmt::print("{:<24} {:<28} {:>12} {:>12} {:>12}  {}\n", "experiment", "stage", "tasks", "stored", "to run",
             "core time");
  for (const auto& stage : plan.stages) {
    const auto& absent = stage.absent;
    std::string time = absent.tasks == 0 ? "-" : show_duration(absent.total_seconds);
    if (absent.unknown > 0) time = absent.unknown == absent.tasks ? "not known yet" : time + " or more";
    if (absent.tasks > 0 && !stage.measured && absent.unknown == 0) time += " (expected, not measured)";
    fmt::print("{:<24} {:<28} {:>12} {:>12} {:>12}  {}\n", stage.experiment, stage.stage,
               show_count(stage.size), show_count(stage.stored), show_count(absent.tasks), time);
  }
  for (const auto& experiment : plan.open_ended) {
    fmt::print("{:<24} more tasks may follow, depending on results that are not there yet\n", experiment);
  }
  for (const auto& damaged : plan.damaged)
    fmt::print("damaged segment {}: {}\n", damaged.name, damaged.reason);
  for (const auto& problem : plan.problems) fmt::print("problem: {}\n", problem);
  return static_cast<int>(plan.problems.empty() ? ExitCode::done : ExitCode::failed);
}

}  // namespace reprise
