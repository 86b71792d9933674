// Inference of DeiT-T, one thread: in f32, with quantized values in f32, and with products of 8-bit integers.
// int8_peers.py runs the same network in PyTorch.

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "compare.hpp"
#include "kernels/modules/layers.hpp"
#include "kernels/quantise/ranges.hpp"
#include "kernels/vision/integer_arithmetic.hpp"
#include "kernels/vision/sites.hpp"

namespace reprise::nn {
namespace {

VisionModel random_model(const VisionShape& shape) {
  Philox random(random_key(1), 0);
  NamedTensors tensors;
  for (const auto& [name, sizes] : tensor_shapes(shape))
    tensors[name] = name.find("norm") != std::string::npos && name.ends_with("weight")
                        ? Tensor::full(sizes, 1)
                        : normal_tensor(sizes, 0.02, random);
  return vision_model(shape, tensors);
}

std::span<const float> numbers(const Tensor& x) {
  return {x.data<float>(), static_cast<std::size_t>(x.elements())};
}

/// A symmetric quantizer for the range of each factor of a product that passes.
class Calibration : public Arithmetic {
 public:
  Calibration(const VisionModel& model, std::int32_t weight_bits, std::int32_t activation_bits)
      : sites_(sites_of(model.shape)), bits_(activation_bits) {
    network.sites.resize(sites_.size());
    for (std::size_t unit = 0; unit < weights_of(model.shape).size(); ++unit) {
      const auto& weight = weights_at(model, unit).weight;
      network.weights.push_back(symmetric_quantizer(
          ranges(Grouping::first_axis(weight.size(0), weight.size(1)), numbers(weight)), weight_bits));
    }
  }
  Tensor activation(std::size_t site, Tensor x) override {
    const auto kind = sites_[site].kind;
    if (kind != SiteKind::residual && kind != SiteKind::logits && kind != SiteKind::gelu_input)
      network.sites[site] = symmetric_quantizer(std::vector{range(numbers(x))}, bits_);
    return x;
  }
  QuantizedNetwork network;

 private:
  std::vector<Site> sites_;
  std::int32_t bits_;
};

/// A network of DeiT-T's shape, images, and quantizers of `weight_bits` and `activation_bits`.
struct Setup {
  Setup(std::int64_t batch, std::int64_t weight_bits, std::int64_t activation_bits)
      : model(random_model(vision_shape("deit_tiny"))) {
    Philox random(random_key(1), 1);
    images = normal_tensor({batch, 3, 224, 224}, 1, random);
    Calibration calibration(model, static_cast<std::int32_t>(weight_bits),
                            static_cast<std::int32_t>(activation_bits));
    benchmark::DoNotOptimize(forward(model, images, calibration).bytes());
    network = calibration.network;
  }
  VisionModel model;
  Tensor images;
  QuantizedNetwork network;
};

void infer(benchmark::State& state, const VisionModel& model, const Tensor& images, Arithmetic& arithmetic) {
  for (int i = 0; i < 2; ++i) benchmark::DoNotOptimize(forward(model, images, arithmetic).bytes());
  const auto asked = memory_use().allocated;
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(forward(model, images, arithmetic).bytes());
  state.counters["images/s"] = benchmark::Counter(static_cast<double>(state.iterations() * images.size(0)),
                                                  benchmark::Counter::kIsRate);
  state.counters["allocations"] = static_cast<double>(memory_use().allocated - asked);
}

void f32(benchmark::State& state) {
  const Setup setup(state.range(0), 8, 8);
  Arithmetic plain;
  infer(state, setup.model, setup.images, plain);
}

void fake_quant(benchmark::State& state) {
  const Setup setup(state.range(0), 8, 8);
  FakeQuantArithmetic values(setup.network.sites);
  infer(state, quantised_weights(setup.model, setup.network.weights), setup.images, values);
}

/// Arguments: images of a batch, bits of weights, bits of activations.
void integers(benchmark::State& state) {
  const Setup setup(state.range(0), state.range(1), state.range(2));
  IntegerArithmetic arithmetic(setup.model, setup.network);
  infer(state, setup.model, setup.images, arithmetic);
}

BENCHMARK(f32)->Arg(1)->Arg(8)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();
BENCHMARK(fake_quant)->Arg(1)->Arg(8)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();
BENCHMARK(integers)
    ->ArgsProduct({{1, 8}, {8, 7}, {8}})
    ->ArgsProduct({{1, 8}, {6}, {6}})
    ->ArgsProduct({{1, 8}, {4}, {4}})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime();

}  // namespace
}  // namespace reprise::nn

int main(int argc, char** argv) {
  std::vector<reprise::bench::Comparison> comparisons;
  for (const int batch : {1, 8}) {
    const auto f32 = fmt::format("f32/{}", batch);
    comparisons.push_back({fmt::format("fake quantized, batch {}", batch),
                           fmt::format("fake_quant/{}", batch), f32, "images/s"});
    for (const auto& [weights, activations] : {std::pair{8, 8}, {7, 8}, {6, 6}, {4, 4}})
      comparisons.push_back({fmt::format("W{}A{} in integers, batch {}", weights, activations, batch),
                             fmt::format("integers/{}/{}/{}", batch, weights, activations), f32, "images/s"});
  }
  return reprise::bench::run_and_compare(argc, argv, comparisons);
}
