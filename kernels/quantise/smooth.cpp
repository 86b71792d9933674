#include "kernels/quantise/smooth.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "kernels/expects.hpp"

namespace reprise::nn {
namespace {

constexpr double kLeast = 1e-5;  // SmoothQuant's code floors all three there

}  // namespace

std::vector<double> midpoints(std::span<const Range> ranges) {
  std::vector<double> result;
  for (const auto& [low, high] : ranges)
    result.push_back((static_cast<double>(low) + static_cast<double>(high)) / 2);
  return result;
}

template <class T>
std::vector<double> column_magnitudes(std::span<const T> weight, std::int64_t columns) {
  expects(columns >= 1 && static_cast<std::int64_t>(weight.size()) % columns == 0, "a weight has whole rows");
  std::vector<double> result(static_cast<std::size_t>(columns), 0.0);
  for (std::size_t first = 0; first < weight.size(); first += result.size())
    for (std::size_t j = 0; j < result.size(); ++j)
      result[j] = std::max(result[j], std::abs(static_cast<double>(weight[first + j])));
  return result;
}
template std::vector<double> column_magnitudes(std::span<const float>, std::int64_t);
template std::vector<double> column_magnitudes(std::span<const double>, std::int64_t);

Smoothing smoothing(std::span<const Range> ranges, std::span<const double> magnitudes,
                    std::span<const double> shifts, double alpha) {
  expects(magnitudes.size() == ranges.size(), "each channel has a largest weight");
  expects(shifts.empty() || shifts.size() == ranges.size(), "each channel has a shift, or none has");
  expects(alpha >= 0 && alpha <= 1, "alpha, the activations' share, lies in [0, 1]");
  Smoothing result;
  for (std::size_t j = 0; j < ranges.size(); ++j) {
    const double shift = shifts.empty() ? 0 : shifts[j];
    const double reach =
        std::max(static_cast<double>(ranges[j].high) - shift, shift - static_cast<double>(ranges[j].low));
    const double factor =
        std::pow(std::max(reach, kLeast), alpha) / std::pow(std::max(magnitudes[j], kLeast), 1 - alpha);
    result.shift.push_back(shift);
    result.factor.push_back(std::max(factor, kLeast));
  }
  return result;
}

/// With r = Delta_j / mean Delta and t = -z_j mean Delta + mean z mean Delta, x / r - t has the mean scale
/// and zero.
Reparametrisation reparametrisation(const Quantizer& channels) {
  expects(channels.kind == QuantizerKind::asymmetric, "channels to be made alike have asymmetric codes");
  const auto count = channels.scale.size();
  expects(count > 0 && channels.zero.size() == count, "each channel has a scale and a zero");
  double scale = 0;
  double zero = 0;
  for (std::size_t j = 0; j < count; ++j) {
    scale += static_cast<double>(channels.scale[j]) / static_cast<double>(count);
    zero += static_cast<double>(channels.zero[j]) / static_cast<double>(count);
  }
  Reparametrisation result;
  for (std::size_t j = 0; j < count; ++j) {
    const double ratio = static_cast<double>(channels.scale[j]) / scale;
    const double shift = (zero - static_cast<double>(channels.zero[j])) * scale;
    result.smoothing.factor.push_back(ratio);
    result.smoothing.shift.push_back(ratio * shift);
  }
  result.quantizer = {
      QuantizerKind::asymmetric, channels.bits, {static_cast<float>(scale)}, {static_cast<float>(zero)}, {}};
  return result;
}

template <class T>
void fold(const Smoothing& smoothing, const NormAndLinear<T>& pair) {
  const auto channels = smoothing.factor.size();
  expects(channels > 0 && smoothing.shift.size() == channels, "each channel has a shift and a factor");
  expects(std::ranges::all_of(smoothing.factor, [](double s) { return s > 0 && std::isfinite(s); }),
          "factors of channels are positive");
  expects(pair.scale.size() == channels && pair.shift.size() == channels,
          "a norm has a scale and a shift a channel");
  expects(pair.weight.size() == pair.bias.size() * channels,
          "a weight has a row for each bias, a column for each channel");
  for (std::size_t j = 0; j < channels; ++j) {
    const double s = smoothing.factor[j];
    pair.scale[j] = static_cast<T>(static_cast<double>(pair.scale[j]) / s);
    pair.shift[j] = static_cast<T>((static_cast<double>(pair.shift[j]) - smoothing.shift[j]) / s);
  }
  for (std::size_t o = 0; o < pair.bias.size(); ++o) {
    const auto row = pair.weight.subspan(o * channels, channels);
    double moved = 0;
    for (std::size_t j = 0; j < channels; ++j) {
      const auto old = static_cast<double>(row[j]);
      moved += old * smoothing.shift[j];
      row[j] = static_cast<T>(old * smoothing.factor[j]);
    }
    pair.bias[o] = static_cast<T>(static_cast<double>(pair.bias[o]) + moved);
  }
}
template void fold(const Smoothing&, const NormAndLinear<float>&);
template void fold(const Smoothing&, const NormAndLinear<double>&);

}  // namespace reprise::nn
