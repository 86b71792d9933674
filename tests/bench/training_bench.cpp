// Training steps of the networks that the papers train, one thread: forward, backward, one step of SGD.
// training_peers.py runs the same steps in PyTorch.

#include <benchmark/benchmark.h>

#include "kernels/autodiff/losses.hpp"
#include "kernels/modules/resnet.hpp"
#include "kernels/modules/vision_transformer.hpp"
#include "kernels/optimise/optimiser.hpp"

namespace reprise::nn {
namespace {

std::vector<std::int64_t> labels(std::int64_t count, std::int64_t classes) {
  std::vector<std::int64_t> all(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::int64_t>(i * 7) % classes;
  return all;
}

void train(benchmark::State& state, Module& network, const Shape& input, std::int64_t classes) {
  Philox random(random_key(1), 1);
  const auto x = normal_tensor(input, 1, random);
  const auto y = labels(input[0], classes);
  ParameterArena arena(network);
  Sgd sgd(arena, {0.9, 5e-4});
  const auto step = [&] {
    cross_entropy(network(x), y).backward();
    sgd.step(0.01);
  };
  for (int i = 0; i < 2; ++i) step();
  const auto asked = memory_use().allocated;
  reset_peak_memory();
  for ([[maybe_unused]] auto _ : state) step();
  state.counters["images/s"] =
      benchmark::Counter(static_cast<double>(state.iterations() * input[0]), benchmark::Counter::kIsRate);
  state.counters["allocations"] = static_cast<double>(memory_use().allocated - asked);
  state.counters["peak MB"] = static_cast<double>(memory_use().peak) / 1e6;
}

/// What the large networks' speed is compared with.
void matrix_product(benchmark::State& state) {
  Philox random(random_key(1), 0);
  const auto a = normal_tensor({1024, 1024}, 1, random);
  const auto b = normal_tensor({1024, 1024}, 1, random);
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(matmul(a, b).bytes());
  state.counters["FLOP/s"] = benchmark::Counter(
      static_cast<double>(state.iterations()) * 2 * 1024 * 1024 * 1024, benchmark::Counter::kIsRate);
}
BENCHMARK(matrix_product)->Name("Product of matrices, 1024")->Unit(benchmark::kMillisecond);

void mlp(benchmark::State& state) {
  Philox random(random_key(1), 0);
  Mlp network({128, 128, 128, 10}, Elementwise::relu, random);
  train(state, network, {64, 128}, 10);
}
BENCHMARK(mlp)->Name("MLP, width 128, batch 64");

void resnet_s(benchmark::State& state) {
  Philox random(random_key(1), 0);
  ResNet network({1, 2, 8, {1, 1, 1}, 3, 2, false}, random);
  train(state, network, {128, 1, 28, 28}, 2);
}
BENCHMARK(resnet_s)->Name("ResNet-S(8), batch 128");

void resnet_s_standard(benchmark::State& state) {
  Philox random(random_key(1), 0);
  ResNet network({1, 2, 16, {2, 2, 2}, 3, 2, false}, random);
  train(state, network, {128, 1, 28, 28}, 2);
}
BENCHMARK(resnet_s_standard)->Name("ResNet-S(16), batch 128");

void small_vit(benchmark::State& state) {
  Philox random(random_key(1), 0);
  VisionTransformer network({28, 4, 1, 10, 96, 6, 3, 384}, random);
  train(state, network, {64, 1, 28, 28}, 10);
}
BENCHMARK(small_vit)->Name("ViT 28 px, patch 4, dim 96, depth 6, batch 64");

void resnet18_cifar(benchmark::State& state) {
  Philox random(random_key(1), 0);
  ResNet network({3, 10, 64, {2, 2, 2, 2}, 3, 1, false}, random);
  train(state, network, {32, 3, 32, 32}, 10);
}
BENCHMARK(resnet18_cifar)->Name("ResNet-18 for CIFAR, batch 32")->Unit(benchmark::kMillisecond);

void resnet18(benchmark::State& state) {
  Philox random(random_key(1), 0);
  ResNet network({3, 1000, 64, {2, 2, 2, 2}, 7, 2, true}, random);
  train(state, network, {8, 3, 224, 224}, 1000);
}
BENCHMARK(resnet18)->Name("ResNet-18, 224 px, batch 8")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace reprise::nn

BENCHMARK_MAIN();
