// One training whose batches are shared out over ranks, through the real program, beside the same on one
// rank. bench_shared_training [--samples=N] [--epochs=N]
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "compare.hpp"
#include "program.hpp"

namespace {

using namespace reprise::bench;

struct Sizes {
  std::size_t samples = 4000;  ///< training images of 28 x 28
  std::size_t epochs = 4;
};

/// ResNet-S(16, (2, 2, 2)) of deep probability estimation, batches of 256. Epochs a second of the run's own
/// time: reading the images and scoring the network once are part of it.
void training(benchmark::State& state, const Sizes& sizes) {
  const auto ranks = state.range(0);
  const auto shards = state.range(1);
  for (auto _ : state) {
    const ScratchFolder folder;
    std::ofstream(folder.path() / "job.toml") << fmt::format(
        "paper = \"deep-probability\"\nscale = \"custom\"\n[experiments.synthetic]\nseeds = 1\n"
        "training = {}\nvalidation = 500\ntest = 500\nadjustments = []\nrefinements = []\n"
        "network = {{ width = 16, blocks = [2, 2, 2] }}\n"
        "recipe = {{ epochs = {}, batch = 256, shards = {} }}\n",
        sizes.samples, sizes.epochs, shards);
    run_program({REPRISE_BENCH_REPRISE, "run", (folder.path() / "job.toml").string(), "-n",
                 std::to_string(ranks), "--runs", folder.path().string()},
                folder.path() / "log");
    const double seconds = progress_of(folder.path()).at("wall_seconds");
    state.SetIterationTime(seconds);
    state.counters["epochs/s"] = static_cast<double>(sizes.epochs) / seconds;
    state.counters["epochs/rank s"] =
        static_cast<double>(sizes.epochs) / (seconds * static_cast<double>(ranks));
  }
}

}  // namespace

int main(int argc, char** argv) {
  Sizes sizes;
  sizes.samples = take_option(argc, argv, "samples", sizes.samples);
  sizes.epochs = take_option(argc, argv, "epochs", sizes.epochs);
  auto* const benchmark = benchmark::RegisterBenchmark("training", training, sizes);
  benchmark->UseManualTime()->Iterations(1)->Unit(benchmark::kSecond)->ArgNames({"ranks", "shards"});
  for (const auto& [ranks, shards] : {std::pair{1, 1}, {1, 4}, {2, 4}, {4, 4}})
    benchmark->Args({ranks, shards});
  return run_and_compare(
      argc, argv,
      {{"four shards on one rank, beside whole batches", "training/ranks:1/shards:4",
        "training/ranks:1/shards:1", "epochs/s"},
       {"efficiency on two ranks", "training/ranks:2/shards:4", "training/ranks:1/shards:4", "epochs/rank s"},
       {"efficiency on four ranks", "training/ranks:4/shards:4", "training/ranks:1/shards:4",
        "epochs/rank s"}});
}
