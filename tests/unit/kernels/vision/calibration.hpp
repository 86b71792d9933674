#pragma once

#include <cmath>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "kernels/quantise/candidates.hpp"
#include "kernels/quantise/ranges.hpp"
#include "kernels/quantise/smooth.hpp"
#include "kernels/vision/fake_quant_arithmetic.hpp"
#include "kernels/vision/sites.hpp"
#include "tests/unit/kernels/vision/formula_models.hpp"

/// Quantizers of whole networks from what a few images make of them.
namespace reprise::nn {

inline std::span<const float> numbers(const Tensor& x) {
  return {x.data<float>(), static_cast<std::size_t>(x.elements())};
}

/// Keeps what passes its sites.
class Recorder : public Arithmetic {
 public:
  explicit Recorder(const VisionShape& shape) : seen(sites_of(shape).size()) {}
  Tensor activation(std::size_t site, Tensor x) override {
    seen.at(site) = x;
    return x;
  }
  std::vector<Tensor> seen;
};

struct Recipe {
  std::int32_t weight_bits = 8;
  std::int32_t activation_bits = 8;
  bool regions = false;  ///< OPT-m at GELU and softmax
  bool all = false;      ///< residuals, logits and GELU's inputs, too
};

/// Symmetric over the whole range, weights by output channel, the image asymmetric with 8 bits.
inline QuantizedNetwork calibrated(const VisionModel& model, const Tensor& images, const Recipe& recipe) {
  Recorder recorder(model.shape);
  static_cast<void>(forward(model, images, recorder));
  const auto sites = sites_of(model.shape);
  QuantizedNetwork network;
  for (std::size_t i = 0; i < sites.size(); ++i) {
    const auto x = numbers(recorder.seen[i]);
    const std::vector<Range> ranges{range(x)};
    const auto kind = sites[i].kind;
    const bool factor =
        kind != SiteKind::residual && kind != SiteKind::logits && kind != SiteKind::gelu_input;
    if (kind == SiteKind::image) {
      network.sites.push_back(asymmetric_quantizer(ranges, 8));
    } else if (!factor && !recipe.all) {
      network.sites.emplace_back();
    } else if (recipe.regions && (kind == SiteKind::fc2_input || kind == SiteKind::probabilities)) {
      const auto options = candidates({.kind = kind == SiteKind::fc2_input ? SearchKind::magnitude_regions
                                                                           : SearchKind::probability_regions,
                                       .bits = recipe.activation_bits,
                                       .range = ranges[0]});
      network.sites.push_back(best(options, squared_errors(options, Grouping::whole(), x)));
    } else {
      network.sites.push_back(symmetric_quantizer(ranges, recipe.activation_bits));
    }
  }
  for (std::size_t unit = 0; unit < weights_of(model.shape).size(); ++unit) {
    const auto& weight = weights_at(model, unit).weight;
    network.weights.push_back(symmetric_quantizer(
        ranges(Grouping::first_axis(weight.size(0), weight.size(1)), numbers(weight)), recipe.weight_bits));
  }
  return network;
}

/// SmoothQuant's folding of all norms, or SQ-b's where `midway`.
inline VisionModel smoothed(const VisionModel& model, const Tensor& images, bool midway) {
  Recorder recorder(model.shape);
  static_cast<void>(forward(model, images, recorder));
  VisionModel result = model;
  for (const auto& pair : norm_pairs(model.shape)) {
    auto& norm = norm_at(result, pair);
    auto& layer = weights_at(result, static_cast<std::size_t>(pair.weight));
    for (auto* tensor : {&norm.scale, &norm.shift, &layer.weight}) *tensor = tensor->clone();
    layer.bias = layer.bias ? layer.bias.clone() : Tensor::zeros({layer.weight.size(0)});
    const auto of_channels = ranges(Grouping::last_axis(pair.channels),
                                    numbers(recorder.seen[static_cast<std::size_t>(pair.input)]));
    const auto shifts = midway ? midpoints(of_channels) : std::vector<double>();
    const auto smooth =
        smoothing(of_channels, column_magnitudes(numbers(layer.weight), pair.channels), shifts, 0.5);
    const auto writable = [](Tensor& tensor) {
      return std::span(tensor.mutable_data<float>(), static_cast<std::size_t>(tensor.elements()));
    };
    fold(smooth, NormAndLinear<float>{writable(norm.scale), writable(norm.shift), writable(layer.weight),
                                      writable(layer.bias)});
  }
  return result;
}

/// Of signal to noise, in decibel.
inline double decibel(const Tensor& reference, const Tensor& got) {
  const auto a = reference.values<double>();
  const auto b = got.values<double>();
  double signal = 0;
  double noise = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    signal += a[i] * a[i];
    noise += (a[i] - b[i]) * (a[i] - b[i]);
  }
  return 10 * std::log10(signal / noise);
}

inline std::vector<std::string> counted_names(const std::string& prefix, int count) {
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) names.push_back(prefix + std::to_string(i));
  return names;
}

}  // namespace reprise::nn
