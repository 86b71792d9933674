#include "kernels/quantise/integer_norm.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/expects.hpp"

namespace reprise::nn {
namespace {

constexpr double kMultiplierBits = 8;
constexpr double kLargestShift = 31;

bool positive(float x) {
  return x > 0 && std::isfinite(x);
}

/// |a| is about multiplier / 2^shift.
struct Multiplier {
  explicit Multiplier(double a) {
    shift = a == 0 ? kLargestShift
                   : std::clamp(kMultiplierBits - 1 - std::floor(std::log2(std::abs(a))), 0.0, kLargestShift);
    const double most = std::exp2(kMultiplierBits) - 1;
    multiplier = std::clamp(std::floor(std::ldexp(std::abs(a), static_cast<int>(shift))), 0.0, most);
  }
  double shift = 0;
  double multiplier = 0;
};

/// Mean and standard deviation in units of the finest scale, from exact sums.
struct Moments {
  double mean;
  double deviation;
};

Moments moments_of(const std::vector<double>& codes) {
  double sum = 0;  // whole numbers below 2^53: exact
  double squares = 0;
  for (const double code : codes) {
    sum += code;
    squares += code * code;
  }
  const auto count = static_cast<double>(codes.size());
  return {sum / count, std::sqrt(std::max(count * squares - sum * sum, 0.0)) / count};
}

}  // namespace

void integer_norm(const IntegerNorm& norm, std::span<const float> x, std::span<float> y) {
  const std::size_t channels = norm.input_scale.size();
  expects(channels > 0 && norm.scale.size() == channels && norm.shift.size() == channels,
          "an integer norm has an input scale, a scale and a shift for each channel");
  expects(x.size() % channels == 0 && x.size() == y.size(),
          "a norm takes whole rows and gives as many values");
  expects(std::ranges::all_of(norm.input_scale, positive) && positive(norm.output_scale),
          "scales of an integer norm are positive");
  const auto finest = static_cast<double>(std::ranges::min(norm.input_scale));
  const auto out = static_cast<double>(norm.output_scale);
  std::vector<double> codes(channels);
  for (std::size_t first = 0; first < x.size(); first += channels) {
    for (std::size_t c = 0; c < channels; ++c) {
      const auto scale = static_cast<double>(norm.input_scale[c]);
      codes[c] = std::nearbyint(static_cast<double>(x[first + c]) / scale) * std::nearbyint(scale / finest);
    }
    const auto [mean, deviation] = moments_of(codes);
    for (std::size_t c = 0; c < channels; ++c) {
      const double gamma = deviation > 0 ? static_cast<double>(norm.scale[c]) / deviation : 0;
      const Multiplier by(gamma / out);
      const double offset = (static_cast<double>(norm.shift[c]) - mean * gamma) / out;
      const double sign = gamma < 0 ? -1 : 1;
      const int shift = static_cast<int>(by.shift);
      const double sum = sign * by.multiplier * codes[c] + std::nearbyint(std::ldexp(offset, shift));
      y[first + c] = static_cast<float>(std::nearbyint(std::ldexp(sum, -shift)) * out);
    }
  }
}

}  // namespace reprise::nn
