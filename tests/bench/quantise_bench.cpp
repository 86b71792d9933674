// Fake quantisation and searches of scales, ours beside what one writes first, a loop over elements (which
// the compiler may vectorise as it can). One thread. Counter: ns an element; of searches, ns an element and
// candidate.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "kernels/quantise/candidates.hpp"
#include "kernels/random/hash_rng.hpp"

namespace reprise::nn {
namespace {

constexpr std::size_t kElements = 197 * 768;  // an activation of ViT-B

std::vector<float> activations() {
  std::vector<float> x(kElements);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(HashRng(1, 1).normal(i));
  return x;
}

std::vector<float> probabilities() {
  auto x = activations();
  for (float& v : x) v = std::exp(-std::abs(4 * v));
  return x;
}

void plain(const Quantizer& quantizer, std::span<const float> x, std::span<float> y) {
  const auto half = static_cast<float>(1 << (quantizer.bits - 1));
  const float scale = quantizer.scale.empty() ? 1 : quantizer.scale[0];
  const float zero = quantizer.zero.empty() ? 0 : quantizer.zero[0];
  const float outer = quantizer.outer.empty() ? 1 : quantizer.outer[0];
  const auto regions = [&](float v, float least, float most) {
    const float code = std::nearbyint(v / scale);
    return code <= most ? std::max(code, least) * scale
                        : std::clamp(std::nearbyint(v / outer), 0.0F, half - 1) * outer;
  };
  for (std::size_t i = 0; i < x.size(); ++i) {
    const float v = x[i];
    switch (quantizer.kind) {
      case QuantizerKind::symmetric:
        y[i] = std::clamp(std::nearbyint(v / scale), -half, half - 1) * scale;
        break;
      case QuantizerKind::asymmetric:
        y[i] = (std::clamp(std::nearbyint(v / scale) + zero, 0.0F, 2 * half - 1) - zero) * scale;
        break;
      case QuantizerKind::log2: {
        const float r = std::nearbyint(-std::log2(v));
        y[i] = r >= 2 * half ? 0 : std::exp2(-std::max(r, 0.0F));
        break;
      }
      case QuantizerKind::log_sqrt2: {
        const float r = std::max(std::nearbyint(-2 * std::log2(v / scale)), 0.0F);
        y[i] = r >= 2 * half ? 0 : std::exp2(-r / 2) * scale;
        break;
      }
      case QuantizerKind::magnitude_regions:
        y[i] = regions(v, -half / 2, half / 2 - 1);
        break;
      case QuantizerKind::probability_regions:
        y[i] = regions(v, 0, half - 1);
        break;
      default:
        y[i] = v;
    }
  }
}

double plain_error(const Quantizer& quantizer, std::span<const float> x, std::span<float> y) {
  plain(quantizer, x, y);
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto error = static_cast<double>(x[i]) - static_cast<double>(y[i]);
    sum += error * error;
  }
  return sum;
}

void count(benchmark::State& state, std::size_t each) {
  state.counters["each"] = benchmark::Counter(
      static_cast<double>(each), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void add_kind(const std::string& name, const Quantizer& quantizer, const std::vector<float>& x) {
  const auto measure = [&](const std::string& whose, auto make) {
    benchmark::RegisterBenchmark((name + "/" + whose).c_str(), [=](benchmark::State& state) {
      std::vector<float> y(x.size());
      for ([[maybe_unused]] auto _ : state) {
        make(quantizer, x, y);
        benchmark::ClobberMemory();
      }
      count(state, x.size());
    });
  };
  measure("ours", [](const Quantizer& q, std::span<const float> from, std::span<float> to) {
    fake_quantise(q, Grouping::whole(), from, to);
  });
  measure("plain", plain);
}

void add_search(const std::string& name, SearchKind kind, const std::vector<float>& x) {
  const auto all = candidates({kind, 4, range(x), {}});
  benchmark::RegisterBenchmark((name + "/ours").c_str(), [=](benchmark::State& state) {
    for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(squared_errors(all, Grouping::whole(), x));
    count(state, all.size() * x.size());
  })->Unit(benchmark::kMillisecond);
  benchmark::RegisterBenchmark((name + "/plain").c_str(), [=](benchmark::State& state) {
    std::vector<float> y(x.size());
    for ([[maybe_unused]] auto _ : state)
      for (const auto& each : all) benchmark::DoNotOptimize(plain_error(each, x, y));
    count(state, all.size() * x.size());
  })->Unit(benchmark::kMillisecond);
}

}  // namespace
}  // namespace reprise::nn

int main(int argc, char** argv) {
  using namespace reprise::nn;
  const auto x = activations();
  const auto p = probabilities();
  add_kind("symmetric", {QuantizerKind::symmetric, 4, {0.5F}, {}, {}}, x);
  add_kind("asymmetric", {QuantizerKind::asymmetric, 4, {0.5F}, {8}, {}}, x);
  add_kind("magnitude regions", {QuantizerKind::magnitude_regions, 4, {0.125F}, {}, {0.5F}}, x);
  add_kind("probability regions", {QuantizerKind::probability_regions, 4, {0.25F / 7}, {}, {1.0F / 7}}, p);
  add_kind("log2", {QuantizerKind::log2, 4, {}, {}, {}}, p);
  add_kind("log sqrt2", {QuantizerKind::log_sqrt2, 4, {1}, {}, {}}, p);
  add_search("search of symmetric scales", SearchKind::symmetric, x);
  add_search("search of magnitude regions", SearchKind::magnitude_regions, x);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
