// Losses that a greedy search of bits asks for, a pass starting where the candidate changes something beside
// one that starts at the image; both must choose the same bits.
//
// --patch=4 (default) or 7: of the small ViTs; images are Fashion-MNIST's, parameters four times those before
// training.

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "tests/bench/compare.hpp"
#include "tests/unit/workers/stored_results.hpp"
#include "workers/common/data_sets.hpp"
#include "workers/common/fashion_images.hpp"
#include "workers/common/trainer.hpp"
#include "workers/mptq_vit/evaluation.hpp"
#include "workers/mptq_vit/methods.hpp"

namespace reprise::mptq_vit {
namespace {

/// A model, its calibration for 3 to 8 bits, and the search that starts at 8.
struct Bench {
  explicit Bench(ModelName name) : units(shape_of(name)), search(units.search(Scheme::full, 4, 4, 3, 8)) {
    set.model.name = name;
    TrainedVit trained;
    trained.parameters = flatten(*initial_network(training_of(name)));
    for (auto& parameter : trained.parameters) parameter *= 4;
    set.model.trained = {store.store(trained)};
    const auto digest = fashion_digest();
    set.images = {ImageSet::fashion_mnist, 0, digest.high, digest.low};
    set.count = 32;
    const Recipe recipe = [] {
      auto own = recipe_of(Method::mptq);
      own.smoothing = Smoothing::none;
      return own;
    }();
    const std::vector<std::uint8_t> bits{3, 4, 5, 6, 7, 8};
    CalibrationParts parts;
    for (std::uint32_t unit = 0; unit < units.weight_count(); ++unit)
      parts.parts.push_back(
          store.store(store.run(search_weights, WeightSearch{set.model, {}, recipe.weights, bits, unit})));
    for (std::int32_t step = 0; step < nn::step_count(shape_of(name)); ++step)
      parts.parts.push_back(store.store(store.run(search_step, StepSearch{set, {}, recipe, bits, step})));
    calibration = store.store(store.run(assemble, parts));
  }

  double loss(std::size_t unit, int bits, bool incremental) {
    return store
        .run(probe_loss,
             LossProbe{set, calibration, search.start, static_cast<std::uint32_t>(search.unit[unit]),
                       static_cast<std::uint8_t>(bits), 32, incremental})
        .loss;
  }

  StoredResults store;
  CalibrationSet set;
  Units units;
  Units::Search search;
  Ref<Calibration> calibration;
};

/// The losses of every unit at every number of bits, and the walk through them.
void measure(benchmark::State& state, ModelName name, bool incremental, Allocation& chosen) {
  Bench bench(name);
  const auto units = bench.search.unit.size();
  std::vector<std::vector<double>> losses(units, std::vector<double>(6));
  const double base = bench.loss(0, 8, true);
  for ([[maybe_unused]] auto _ : state)
    for (std::size_t u = 0; u < units; ++u) {
      for (int bits = 3; bits < 8; ++bits)
        losses[u][static_cast<std::size_t>(bits - 3)] = bench.loss(u, bits, incremental);
      losses[u].back() = base;
    }
  chosen = greedy_oneshot(bench.search.problem, losses).bits;
  state.counters["evaluations/s"] = benchmark::Counter(
      static_cast<double>(state.iterations()) * static_cast<double>(units) * 5, benchmark::Counter::kIsRate);
}

}  // namespace
}  // namespace reprise::mptq_vit

int main(int argc, char** argv) {
  using namespace reprise;
  using namespace reprise::mptq_vit;
  const auto patch = bench::take_option(argc, argv, "patch", 4);
  const auto model = patch == 4 ? ModelName::tiny_p4 : ModelName::tiny_p7;
  if (!locate(fashion_mnist())) {
    fmt::print("dataset-fashion-mnist is not installed\n");
    return 0;
  }
  Allocation incremental;
  Allocation whole;
  const auto add = [&](const char* name, bool starts_late, Allocation& chosen) {
    benchmark::RegisterBenchmark(
        name, [&, starts_late](benchmark::State& state) { measure(state, model, starts_late, chosen); })
        ->Unit(benchmark::kMillisecond)
        ->Iterations(1);
  };
  add("incremental", true, incremental);
  add("whole", false, whole);
  const int result =
      bench::run_and_compare(argc, argv, {{"losses of candidates", "incremental", "whole", "evaluations/s"}});
  if (incremental != whole) {
    fmt::print(stderr, "the two choose other bits\n");
    return 1;
  }
  fmt::print("both choose the same bits\n");
  return result;
}
