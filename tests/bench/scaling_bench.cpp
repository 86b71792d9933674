// What a run gains from more worker ranks, through the real program, beside what the machine gains from more
// processes. bench_scaling [--job=FILE] [--ranks=N]
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <filesystem>
#include <vector>

#include "compare.hpp"
#include "program.hpp"

namespace {

using namespace reprise::bench;
namespace fs = std::filesystem;

struct Sizes {
  fs::path job;
  std::size_t ranks = 2;
};

/// `copies` runs at once, on `ranks` worker ranks each, from the programs' start to their end.
void runs(benchmark::State& state, const Sizes& sizes, std::size_t copies, std::size_t ranks) {
  for (auto _ : state) {
    std::vector<ScratchFolder> folders(copies);
    std::vector<Started> started;
    for (const ScratchFolder& folder : folders) {
      started.emplace_back(std::vector<std::string>{REPRISE_BENCH_REPRISE, "run", sizes.job.string(), "-n",
                                                    std::to_string(ranks), "--runs", folder.path().string()},
                           folder.path() / "log");
    }
    double seconds = 0.0;
    for (const Started& each : started) {
      const Finished finished = each.wait();
      if (finished.exit_code != 0) state.SkipWithError("the job failed; reprise run tells why");
      seconds += finished.seconds / static_cast<double>(copies);
    }
    state.SetIterationTime(seconds);
    state.counters["runs/min"] = 60.0 * static_cast<double>(copies) / seconds;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string smoke = REPRISE_BENCH_JOBS "/smoke/slepian.toml";
  const Sizes sizes{fs::absolute(take_text(argc, argv, "job", smoke)), take_option(argc, argv, "ranks", 2)};
  const auto add = [&](const std::string& name, std::size_t copies, std::size_t ranks) {
    benchmark::RegisterBenchmark(name.c_str(), runs, sizes, copies, ranks)
        ->UseManualTime()
        ->Iterations(1)
        ->Unit(benchmark::kSecond);
    return name;
  };
  const auto alone = add("one rank", 1, 1);
  const auto copies = add(fmt::format("{} runs of one rank at once", sizes.ranks), sizes.ranks, 1);
  const auto together = add(fmt::format("{} ranks", sizes.ranks), 1, sizes.ranks);
  return run_and_compare(argc, argv,
                         {{"what ranks gain", together, alone, "runs/min"},
                          {"what the machine gives to runs apart", copies, alone, "runs/min"},
                          {"ranks beside that", together, copies, "runs/min"}});
}
