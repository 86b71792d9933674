// Empty tasks with their results stored, through the real program, beside the loop one writes first over MPI;
// and what the coordinator costs. bench_run [--tasks=N] [--mapped=N] [--milliseconds=N]
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "compare.hpp"
#include "program.hpp"

namespace {

using namespace reprise::bench;

struct Sizes {
  std::size_t tasks = 1'000'000;      ///< empty tasks of a run
  std::size_t mapped = 10'000'000;    ///< empty tasks of the run whose memory is looked at
  std::size_t milliseconds = 10'000;  ///< how long the idle coordinator is watched
};

/// tasks/s between the start and the end of the run (progress.json's wall_seconds): all results are stored by
/// then. Starting mpirun and connecting the ranks come before.
void empty_tasks(benchmark::State& state, const Sizes& sizes) {
  for (auto _ : state) {
    const ScratchFolder folder;
    write_job(folder.path(), "empty", fmt::format("tasks = {}", sizes.tasks));
    const auto finished =
        run_program(run_command(folder.path(), static_cast<int>(state.range(0))), folder.path() / "log");
    const auto progress = progress_of(folder.path());
    const double seconds = progress.at("wall_seconds");
    state.SetIterationTime(seconds);
    state.counters["tasks/s"] = progress.at("stored").get<double>() / seconds;
    state.counters["start s"] = finished.seconds - seconds;
    state.counters["tasks/core s"] = static_cast<double>(sizes.tasks) / finished.cpu_seconds;
    const double cpu = progress.at("coordinator").at("cpu_share").get<double>() * seconds;
    state.counters["coordinator us a task"] = 1e6 * cpu / static_cast<double>(sizes.tasks);
  }
}

/// The baseline: one message and one appended row a task. It times its own loop, up to the closed file.
void plain_manager_worker(benchmark::State& state, const Sizes& sizes) {
  const auto tasks = std::max<std::size_t>(sizes.tasks / 5, 1);
  for (auto _ : state) {
    const ScratchFolder folder;
    auto command = mpirun(static_cast<int>(state.range(0)) + 1);
    command.insert(command.end(), {REPRISE_BENCH_PLAIN_MANAGER_WORKER,
                                   (folder.path() / "results.h5").string(), std::to_string(tasks)});
    const auto finished = run_program(command, folder.path() / "log");
    double seconds = 0;
    std::ifstream(folder.path() / "log") >> seconds;
    state.SetIterationTime(seconds);
    state.counters["tasks/s"] = static_cast<double>(tasks) / seconds;
    state.counters["tasks/core s"] = static_cast<double>(tasks) / finished.cpu_seconds;
  }
}

/// Four ranks of tasks that sleep 10 ms: what the coordinator takes of a core.
void idle_coordinator(benchmark::State& state, const Sizes& sizes) {
  for (auto _ : state) {
    const ScratchFolder folder;
    const auto tasks = std::max<std::size_t>(4 * sizes.milliseconds / 10, 1);
    write_job(folder.path(), "trouble", fmt::format("tasks = {}\nmilliseconds = 10.0", tasks));
    run_program(run_command(folder.path(), 4), folder.path() / "log");
    const auto progress = progress_of(folder.path());
    const double seconds = progress.at("wall_seconds");
    state.SetIterationTime(seconds);
    state.counters["of a core"] = progress.at("coordinator").at("cpu_share").get<double>();
    state.counters["efficiency"] = static_cast<double>(tasks) * 0.01 / (4 * seconds);
  }
}

/// What 10^7 mapped tasks cost the coordinator, above what one task costs.
void memory_of_mapped_tasks(benchmark::State& state, const Sizes& sizes) {
  const auto coordinator = [](std::size_t tasks) {
    const ScratchFolder folder;
    write_job(folder.path(), "empty", fmt::format("tasks = {}", tasks));
    run_program(run_command(folder.path(), 2), folder.path() / "log");
    const auto progress = progress_of(folder.path());
    auto memory = progress.at("coordinator");
    memory["wall_seconds"] = progress.at("wall_seconds");
    return memory;
  };
  for (auto _ : state) {
    const double base = coordinator(1).at("peak_memory_bytes");
    const auto memory = coordinator(sizes.mapped);
    const auto tasks = static_cast<double>(sizes.mapped);
    const double seconds = memory.at("wall_seconds");
    state.SetIterationTime(seconds);
    state.counters["peak MB"] = memory.at("peak_memory_bytes").get<double>() / 1e6;
    state.counters["bytes a task"] = (memory.at("peak_memory_bytes").get<double>() - base) / tasks;
    state.counters["of index"] = memory.at("index_bytes").get<double>() / tasks;
    state.counters["of ledger"] = memory.at("task_bytes").get<double>() / tasks;
    state.counters["tasks/s"] = tasks / seconds;
  }
}

}  // namespace

int main(int argc, char** argv) {
  Sizes sizes;
  sizes.tasks = take_option(argc, argv, "tasks", sizes.tasks);
  sizes.mapped = take_option(argc, argv, "mapped", sizes.mapped);
  sizes.milliseconds = take_option(argc, argv, "milliseconds", sizes.milliseconds);
  const auto once = [&sizes](const char* name, void (*function)(benchmark::State&, const Sizes&)) {
    return benchmark::RegisterBenchmark(name, function, sizes)
        ->UseManualTime()
        ->Iterations(1)
        ->Unit(benchmark::kSecond);
  };
  once("empty_tasks", empty_tasks)->Arg(1)->Arg(2)->Arg(4);
  once("plain_manager_worker", plain_manager_worker)->Arg(1)->Arg(2)->Arg(4);
  once("idle_coordinator", idle_coordinator);
  once("memory_of_mapped_tasks", memory_of_mapped_tasks);
  std::vector<Comparison> comparisons;
  for (const char* counter : {"tasks/s", "tasks/core s"}) {
    for (const char* ranks : {"1", "2", "4"}) {
      comparisons.push_back({fmt::format("empty tasks, worker ranks: {}", ranks),
                             fmt::format("empty_tasks/{}", ranks),
                             fmt::format("plain_manager_worker/{}", ranks), counter});
    }
  }
  return run_and_compare(argc, argv, comparisons);
}
