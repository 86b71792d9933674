// Inference of DeiT-T, DeiT-S and ViT-B, one thread: in f32, with quantized values in f32, and with products
// of 8-bit integers. int8_peers.py runs the same networks in PyTorch and ONNX Runtime.

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <array>
#include <map>
#include <string>
#include <utility>

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

const std::map<std::int64_t, std::string> kNames{{192, "deit_tiny"}, {384, "deit_small"}, {768, "vit_base"}};

/// A network of that width, images, and quantizers of so many bits.
struct Setup {
  Setup(std::int64_t width, std::int64_t batch, std::int64_t weight_bits, std::int64_t activation_bits)
      : model(random_model(vision_shape(kNames.at(width)))) {
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

// Arguments: width, images of a batch; bits of weights, bits of activations.

void f32(benchmark::State& state) {
  const Setup setup(state.range(0), state.range(1), 8, 8);
  Arithmetic plain;
  infer(state, setup.model, setup.images, plain);
}

void fake_quant(benchmark::State& state) {
  const Setup setup(state.range(0), state.range(1), 8, 8);
  FakeQuantArithmetic values(setup.network.sites);
  infer(state, quantised_weights(setup.model, setup.network.weights), setup.images, values);
}

void integers(benchmark::State& state) {
  const Setup setup(state.range(0), state.range(1), state.range(2), state.range(3));
  IntegerArithmetic arithmetic(setup.model, setup.network);
  infer(state, setup.model, setup.images, arithmetic);
}

using Two = std::pair<int, int>;
constexpr std::array kCases{Two{192, 1}, Two{192, 8}, Two{384, 1}, Two{768, 1}};  // width, images
constexpr std::array kBits{Two{8, 8}, Two{7, 8}, Two{6, 6}, Two{4, 4}};

void register_all() {
  const auto timed = [](benchmark::internal::Benchmark* benchmark) {
    benchmark->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();
  };
  for (const auto& [width, batch] : kCases) {
    timed(benchmark::RegisterBenchmark("f32", f32)->Args({width, batch}));
    timed(benchmark::RegisterBenchmark("fake_quant", fake_quant)->Args({width, batch}));
    for (const auto& [weights, activations] : kBits)
      timed(benchmark::RegisterBenchmark("integers", integers)->Args({width, batch, weights, activations}));
  }
}

}  // namespace
}  // namespace reprise::nn

int main(int argc, char** argv) {
  using namespace reprise::nn;
  register_all();
  std::vector<reprise::bench::Comparison> comparisons;
  for (const auto& [width, batch] : kCases) {
    const auto at = fmt::format("{}/{}", width, batch);
    const auto where = fmt::format("{}, batch {}", kNames.at(width), batch);
    comparisons.push_back({"fake quantized, " + where, "fake_quant/" + at, "f32/" + at, "images/s"});
    for (const auto& [weights, activations] : kBits)
      comparisons.push_back({fmt::format("W{}A{} in integers, {}", weights, activations, where),
                             fmt::format("integers/{}/{}/{}", at, weights, activations), "f32/" + at,
                             "images/s"});
  }
  return reprise::bench::run_and_compare(argc, argv, comparisons);
}
