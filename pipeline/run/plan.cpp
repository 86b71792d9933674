#include "pipeline/run/plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "pipeline/run/isa.hpp"
#include "pipeline/run/progress.hpp"

namespace reprise {
namespace {

namespace fs = std::filesystem;

/// How long stored rows of a kind took, beside what the task itself expected of them, and their part of the
/// segments.
struct Measured {
  double wall = 0;
  double expected = 0;
  std::size_t rows = 0;
  double file_bytes = 0;
  std::size_t file_rows = 0;
};

/// A row's bytes before compression where nothing is stored yet; arrays of unknown length count nothing.
double least_bytes(const TaskKind& kind, ByteView input) {
  auto bytes = static_cast<double>(sizeof(Key) + sizeof(RowProvenance) + input.size());
  for (const auto& column : kind.identity.output) {
    if (column.extent == Extent::scalar && column.type == ElementType::text) continue;
    if (column.extent == Extent::scalar || column.extent == Extent::fixed)
      bytes += static_cast<double>(column.length * element_size(column.type));
  }
  return bytes;
}

bool has_arrays(const StructSchema& schema) {
  return std::any_of(schema.begin(), schema.end(), [](const ColumnSchema& column) {
    return column.type == ElementType::text || column.extent == Extent::ragged ||
           column.extent == Extent::array;
  });
}

std::map<std::string, Measured> measure(const Store& store, Plan& plan) {
  constexpr std::size_t most_rows = 2000;
  std::map<std::string, Measured> by_task;
  for (const auto& name : list_segments(store.segments_folder())) {
    const auto file = store.segments_folder() / name;
    plan.stored_bytes += fs::file_size(file);
    try {
      const auto segment = Segment::open(file);
      const auto raw_bytes = [](const SegmentTable& table) {
        return static_cast<double>(table.rows * sizeof(Key) + table.input.bytes() + table.output.bytes());
      };
      double all_bytes = 0;
      for (const auto& table : segment.tables()) all_bytes += raw_bytes(table);
      for (const auto& table : segment.tables()) {
        auto& measured = by_task[table.task.name];
        if (measured.rows >= most_rows || table.rows == 0) continue;
        measured.file_bytes += static_cast<double>(fs::file_size(file)) * raw_bytes(table) / all_bytes;
        measured.file_rows += table.rows;
        const auto count = std::min(table.rows, most_rows);
        const auto* kind = find_task_kind(table.task.name);
        const bool expects_cost =
            kind != nullptr && kind->cost && kind->identity.version == table.task.version;
        const auto provenance = table.provenance.read(0, count);
        const auto inputs = expects_cost ? table.input.read(0, count) : std::vector<Bytes>();
        for (std::size_t i = 0; i < count; ++i) {
          const auto row = decode<RowProvenance>(provenance[i]);
          // A group's task takes less time than on one core.
          measured.wall +=
              static_cast<double>(kind != nullptr && kind->ranks ? row.cpu_seconds : row.wall_seconds);
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
  KeyTable<std::uint8_t, 0> asked_for;
  const auto stage_of = [&](const Mapping& mapping) -> PlannedStage& {
    for (auto& stage : plan.stages) {
      if (stage.experiment == mapping.experiment && stage.stage == mapping.stage) return stage;
    }
    plan.stages.push_back({mapping.experiment, mapping.stage, mapping.kind->identity.name});
    return plan.stages.back();
  };
  ledger.plan_only([&](const Mapping& mapping, std::size_t, const Key& key, ByteView input) {
    auto& stage = stage_of(mapping);
    if (!asked_for.insert(key, 1)) {
      ++stage.shared;
      return;
    }
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
    stage.absent.ranks = static_cast<std::size_t>(mapping.kind->ranks_of(input));
    if (seconds < 0) ++stage.absent.unknown;
    stage.absent.add(std::max(seconds, 0.0));
    stage.bytes += known ? found->second.file_bytes / static_cast<double>(found->second.file_rows)
                         : least_bytes(*mapping.kind, input);
    stage.bytes_at_least = !known && has_arrays(mapping.kind->identity.output);
    if (plan.absent.size() < keep) {
      plan.absent.push_back({mapping.kind, key, {input.begin(), input.end()}, mapping.experiment});
    }
  });
  const auto ends = plan_in_turn(job, frozen, ledger);
  for (const auto& end : ends)
    if (end.how == DriverEnd::How::needs_results) plan.open_ended.push_back(end.experiment);
  plan.problems = failures_of(ends);
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
  std::size_t width = 5;
  std::size_t name_width = 10;
  for (const auto& stage : plan.stages) {
    width = std::max(width, stage.stage.size());
    name_width = std::max(name_width, stage.experiment.size());
  }
  fmt::print("{:<{}}  {:<{}} {:>12} {:>12} {:>12}  {}\n", "experiment", name_width, "stage", width, "tasks",
             "stored", "to run", "core time");
  for (const auto& stage : plan.stages) {
    const auto& absent = stage.absent;
    std::string time = absent.tasks == 0 ? "-" : show_duration(absent.total_seconds);
    if (absent.unknown > 0) time = absent.unknown == absent.tasks ? "not known yet" : time + " or more";
    if (absent.tasks > 0 && !stage.measured && absent.unknown == 0) time += " (expected)";
    if (stage.shared > 0 && absent.tasks == 0) time = "asked for above";
    if (stage.shared > 0 && absent.tasks > 0)
      time += fmt::format("; {} asked for above", show_count(stage.shared));
    fmt::print("{:<{}}  {:<{}} {:>12} {:>12} {:>12}  {}\n", stage.experiment, name_width, stage.stage, width,
               show_count(stage.size), show_count(stage.stored), show_count(absent.tasks), time);
  }
  if (!plan.open_ended.empty()) {
    fmt::print("More may follow, depending on results that are not there yet, in {}.\n",
               fmt::join(plan.open_ended, ", "));
  }
  for (const auto& damaged : plan.damaged)
    fmt::print("damaged segment {}: {}\n", damaged.name, damaged.reason);
  for (const auto& problem : plan.problems) fmt::print("problem: {}\n", problem);
  return static_cast<int>(plan.problems.empty() ? ExitCode::done : ExitCode::failed);
}

}  // namespace reprise
