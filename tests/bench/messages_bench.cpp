// What a message costs whoever sends or receives it: a grant of so many tasks, encoded, sent through MPI to
// this process itself, received and decoded. Half of a round is one end's share: CoordinatorCosts in
// pipeline/run/simulate.hpp come from here (one item) and from bench_run (the coordinator's time a task).
#include <benchmark/benchmark.h>

#include "pipeline/run/messages.hpp"
#include "pipeline/run/mpi_world.hpp"

namespace {

using namespace reprise;

void grant_to_self(benchmark::State& state, MpiWorld& world) {
  Grant grant;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    grant.items.push_back({0, Key{static_cast<std::uint64_t>(i), 1}, Bytes(8), false});
  }
  for (auto _ : state) {
    world.send(world.rank(), to_wire(grant));
    auto message = world.receive();
    while (!message) message = world.receive();
    benchmark::DoNotOptimize(from_wire(message->bytes));
  }
  state.counters["an end"] =
      benchmark::Counter(2, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

}  // namespace

int main(int argc, char** argv) {
  ::setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 0);
  ::setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 0);
  MpiWorld world;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RegisterBenchmark("grant_to_self", [&](benchmark::State& state) { grant_to_self(state, world); })
      ->Arg(1)
      ->Arg(100)
      ->Arg(8192);
  benchmark::RunSpecifiedBenchmarks();
  world.finalize();
  return 0;
}
