#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/quantise/quantizer.hpp"

/// What tests of quantizers share.
namespace reprise::nn {

inline constexpr QuantizerKind kAllKinds[] = {QuantizerKind::none,
                                              QuantizerKind::symmetric,
                                              QuantizerKind::asymmetric,
                                              QuantizerKind::log2,
                                              QuantizerKind::log_sqrt2,
                                              QuantizerKind::sign_regions,
                                              QuantizerKind::magnitude_regions,
                                              QuantizerKind::probability_regions,
                                              QuantizerKind::twin_probabilities};

/// One that suits values within about 2 (probabilities, for those kinds), a little different for each group.
inline Quantizer example(QuantizerKind kind, std::int32_t bits, std::int64_t groups) {
  Quantizer result{kind, bits, {}, {}, {}};
  const auto half = static_cast<float>(1 << (bits - 1));
  for (std::int64_t g = 0; g < groups; ++g) {
    const float wider = 1 + 0.1F * static_cast<float>(g);
    const bool probabilities =
        kind == QuantizerKind::probability_regions || kind == QuantizerKind::twin_probabilities;
    const float outer = probabilities ? 1 / (half - 1) : 2 * wider / half;
    result.outer.push_back(outer);
    float scale = outer / 4;
    if (kind == QuantizerKind::symmetric || kind == QuantizerKind::asymmetric) scale = outer;
    if (kind == QuantizerKind::log_sqrt2) scale = wider;
    if (kind == QuantizerKind::twin_probabilities)
      scale = outer / 16;  // with a larger split 0 becomes another value
    result.scale.push_back(scale);
    result.zero.push_back(half - static_cast<float>(g % 3));
  }
  return result;
}

inline std::vector<float> narrowed(std::span<const double> x) {
  std::vector<float> result;
  result.reserve(x.size());
  for (const double v : x) result.push_back(static_cast<float>(v));
  return result;
}

inline std::vector<double> widened(std::span<const float> x) {
  return {x.begin(), x.end()};
}

template <class T>
std::vector<T> quantised(const Quantizer& quantizer, const Grouping& grouping, const std::vector<T>& x) {
  std::vector<T> y(x.size());
  fake_quantise(quantizer, grouping, std::span<const T>(x), std::span<T>(y));
  return y;
}

/// Mean of (x - value)^2.
template <class T>
double mean_square_error(const Quantizer& quantizer, const std::vector<T>& x) {
  const auto y = quantised(quantizer, Grouping::whole(), x);
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto error = static_cast<double>(x[i]) - static_cast<double>(y[i]);
    sum += error * error;
  }
  return sum / static_cast<double>(x.size());
}

}  // namespace reprise::nn
