#include "resume_bench.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "empty_rows.hpp"
#include "program.hpp"

namespace reprise::bench {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int kRanks = 2;

/// Each row is published as soon as it is there, so that its file tells when the task was done.
void write_empty_job(const fs::path& folder, std::size_t tasks) {
  write_job(folder, "empty", fmt::format("tasks = {}", tasks), "publish_seconds = 0.1");
}

/// A run folder as a run of `stored` tasks leaves it.
void make_run(const fs::path& folder, std::size_t stored, std::size_t rows_a_segment) {
  write_empty_job(folder, 1);
  run_program(run_command(folder, kRanks), folder / "log");
  const auto frozen = nlohmann::json::parse(std::ifstream(folder / "job" / "frozen.json"));
  publish_rows(folder / "job", EmptyRows(frozen.at("isa").get<std::string>()), 1, stored - 1, rows_a_segment);
}

/// Rank 0 of the second holder publishes small rows.
fs::path next_segment(const fs::path& folder) {
  return folder / "job" / "segments" / "e2-r0000-00000.h5";
}

double seconds_of(const fs::path& folder, const std::string& command,
                  const std::vector<std::string>& options = {}) {
  std::vector<std::string> words{synthetic_program(), command, (folder / "job").string()};
  words.insert(words.end(), options.begin(), options.end());
  return run_program(words, folder / (command + ".log")).seconds;
}

}  // namespace

void resume(benchmark::State& state, const StoreSizes& sizes) {
  const auto rows_a_segment = std::min(static_cast<std::size_t>(state.range(0)), sizes.stored);
  for (auto _ : state) {
    const ScratchFolder folder;
    make_run(folder.path(), sizes.stored, rows_a_segment);
    state.counters["status s"] = seconds_of(folder.path(), "status");

    write_empty_job(folder.path(), sizes.stored + 1);
    auto command = run_command(folder.path(), kRanks);
    command.emplace_back("--adopt");
    const auto start = Clock::now();
    const Started run(command, folder.path() / "log");
    while (!fs::exists(next_segment(folder.path()))) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      if (Clock::now() - start > std::chrono::minutes(10)) break;
    }
    const double first_task = std::chrono::duration<double>(Clock::now() - start).count();
    const auto finished = run.wait();
    const auto progress = progress_of(folder.path());
    if (finished.exit_code != 0 || progress.at("executed") != 1 ||
        progress.at("stored") != sizes.stored + 1) {
      state.SkipWithError("the run did not do exactly the missing task");
      return;
    }
    state.SetIterationTime(first_task);
    state.counters["to the end s"] = finished.seconds;
    state.counters["peak MB"] = progress.at("coordinator").at("peak_memory_bytes").get<double>() / 1e6;
    state.counters["verify s"] = seconds_of(folder.path(), "verify");
    state.counters["pack s"] =
        seconds_of(folder.path(), "pack", {"-o", (folder.path() / "packed.h5").string()});
    state.counters["report s"] =
        seconds_of(folder.path(), "report", {"-o", (folder.path() / "report").string()});
  }
}

}  // namespace reprise::bench
