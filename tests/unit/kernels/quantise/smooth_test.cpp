#include "kernels/quantise/smooth.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "../formula.hpp"
#include "quantizers.hpp"

namespace reprise::nn {
namespace {

/// Y = X W^T + c with X [rows, channels], as the norm before it made it: X = normal x scale + shift.
struct Pair {
  std::size_t channels = 0;
  std::vector<double> normal;  ///< [rows, channels]
  std::vector<double> scale;
  std::vector<double> shift;
  std::vector<double> weight;  ///< [outputs, channels]
  std::vector<double> bias;

  [[nodiscard]] NormAndLinear<double> view() { return {scale, shift, weight, bias}; }
  [[nodiscard]] std::vector<double> x() const {
    auto result = normal;
    for (std::size_t i = 0; i < result.size(); ++i)
      result[i] = result[i] * scale[i % channels] + shift[i % channels];
    return result;
  }
};

std::vector<double> product(const std::vector<double>& x, const std::vector<double>& weight,
                            const std::vector<double>& bias, std::size_t channels) {
  std::vector<double> y;
  for (std::size_t row = 0; row < x.size(); row += channels)
    for (std::size_t o = 0; o < bias.size(); ++o) {
      double sum = bias[o];
      for (std::size_t j = 0; j < channels; ++j) sum += x[row + j] * weight[o * channels + j];
      y.push_back(sum);
    }
  return y;
}

std::vector<double> outputs(const Pair& pair) {
  return product(pair.x(), pair.weight, pair.bias, pair.channels);
}

Smoothing smoothing_of(const Pair& pair, double alpha, bool with_shift) {
  const auto channels = static_cast<std::int64_t>(pair.channels);
  const auto of_channels = ranges(Grouping::last_axis(channels), narrowed(pair.x()));
  return smoothing(of_channels, column_magnitudes(std::span<const double>(pair.weight), channels),
                   with_shift ? midpoints(of_channels) : std::vector<double>(), alpha);
}

Pair reference_pair() {
  Pair pair;
  pair.channels = 35;
  pair.normal = formula::normals("bx", 512 * 35);
  for (std::size_t j = 0; j < 35; ++j) {
    pair.scale.push_back(j % 7 == 3 ? 16 : 1);
    pair.shift.push_back(j % 5 == 2 ? -4 : 0);
  }
  for (std::size_t i = 0; i < 24 * 35; ++i)
    pair.weight.push_back((2 * formula::uniform("bw", i) - 1) / std::sqrt(35));
  pair.bias.assign(24, 0.0);
  return pair;
}

/// Signal to noise of the outputs, in dB, with X quantized per tensor and W per row.
double quality(const Pair& pair, const std::vector<double>& reference, int bits) {
  const auto x = pair.x();
  const auto rows = Grouping::first_axis(static_cast<std::int64_t>(pair.bias.size()),
                                         static_cast<std::int64_t>(pair.channels));
  const std::vector<Range> whole{range(narrowed(x))};
  const auto quantised_x = quantised(symmetric_quantizer(whole, bits), {}, x);
  const auto quantised_weight =
      quantised(symmetric_quantizer(ranges(rows, narrowed(pair.weight)), bits), rows, pair.weight);
  const auto y = product(quantised_x, quantised_weight, pair.bias, pair.channels);
  double signal = 0;
  double noise = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    signal += reference[i] * reference[i];
    noise += (y[i] - reference[i]) * (y[i] - reference[i]);
  }
  return 10 * std::log10(signal / noise);
}

TEST(Smooth, HasItsReferenceShiftsAndFactors) {
  const auto found = smoothing_of(reference_pair(), 0.5, true);
  const double shift[] = {-0.26969884, 0.0325099, -3.97698032, 3.21113388};
  const double factor[] = {4.30131129, 3.88923117, 4.69976028, 16.92340436};
  for (std::size_t j = 0; j < 4; ++j) {
    EXPECT_NEAR(found.shift[j], shift[j], 1e-6);  // ranges are of single precision
    EXPECT_NEAR(found.factor[j], factor[j], 1e-6 * factor[j]);
  }
}

TEST(Smooth, HasItsReferenceSignalToNoise) {
  const auto raw = reference_pair();
  const auto reference = outputs(raw);
  auto scaled = raw;
  fold(smoothing_of(raw, 0.5, false), scaled.view());
  auto shifted = raw;
  fold(smoothing_of(raw, 0.5, true), shifted.view());
  EXPECT_NEAR(quality(raw, reference, 4), 11.17572, 0.01);
  EXPECT_NEAR(quality(scaled, reference, 4), 15.01174, 0.01);
  EXPECT_NEAR(quality(shifted, reference, 4), 16.33611, 0.01);
  EXPECT_NEAR(quality(raw, reference, 8), 33.72076, 0.01);
  EXPECT_NEAR(quality(scaled, reference, 8), 39.93731, 0.01);
  EXPECT_NEAR(quality(shifted, reference, 8), 40.94269, 0.01);
}

TEST(Smooth, FoldsKeepTheOutputs) {
  for (const double alpha : {0.0, 0.3, 0.5, 1.0})
    for (const bool with_shift : {false, true}) {
      auto pair = reference_pair();
      const auto before = outputs(pair);
      fold(smoothing_of(pair, alpha, with_shift), pair.view());
      const auto after = outputs(pair);
      for (std::size_t i = 0; i < before.size(); ++i) ASSERT_NEAR(after[i], before[i], 1e-12);
    }
}

TEST(Smooth, FoldsOfSinglePrecisionAreThoseOfDouble) {
  auto pair = reference_pair();
  auto scale = narrowed(pair.scale);
  auto shift = narrowed(pair.shift);
  auto weight = narrowed(pair.weight);
  auto bias = narrowed(pair.bias);
  const auto by = smoothing_of(pair, 0.5, true);
  fold(by, pair.view());
  fold(by, NormAndLinear<float>{scale, shift, weight, bias});
  for (std::size_t j = 0; j < scale.size(); ++j) {
    EXPECT_FLOAT_EQ(scale[j], static_cast<float>(pair.scale[j]));
    EXPECT_FLOAT_EQ(shift[j], static_cast<float>(pair.shift[j]));
  }
  for (std::size_t i = 0; i < weight.size(); ++i) EXPECT_NEAR(weight[i], pair.weight[i], 1e-6);
  for (std::size_t o = 0; o < bias.size(); ++o) EXPECT_NEAR(bias[o], pair.bias[o], 1e-6);
}

/// Another pair that computes the same: channel j of the norm times c_j plus t_j, the linear layer
/// compensating.
Pair reparametrised(Pair pair, bool with_shift) {
  for (std::size_t j = 0; j < pair.channels; ++j) {
    const double c = std::exp2(static_cast<double>(j % 9) - 4);
    const double t = with_shift ? -24 + 3 * static_cast<double>(j % 17) : 0;
    pair.scale[j] *= c;
    pair.shift[j] = pair.shift[j] * c + t;
    for (std::size_t o = 0; o < pair.bias.size(); ++o) {
      pair.weight[o * pair.channels + j] /= c;
      pair.bias[o] -= pair.weight[o * pair.channels + j] * t;
    }
  }
  return pair;
}

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  double most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a[i] - b[i]));
  return most;
}

TEST(Smooth, ShiftsAndFactorsUndoAnyReparametrisation) {
  for (const double alpha : {0.0, 0.25, 0.5, 0.9, 1.0}) {
    auto plain = reference_pair();
    auto other = reparametrised(plain, true);
    ASSERT_LT(largest_difference(outputs(plain), outputs(other)), 1e-9);
    fold(smoothing_of(plain, alpha, true), plain.view());
    fold(smoothing_of(other, alpha, true), other.view());
    // Ranges of single precision lie up to 24 / 2^24 from the channels' own.
    EXPECT_LT(largest_difference(plain.x(), other.x()), 1e-4) << alpha;
    EXPECT_LT(largest_difference(plain.weight, other.weight), 1e-4) << alpha;
    EXPECT_LT(largest_difference(plain.bias, other.bias), 1e-4) << alpha;
  }
}

TEST(Smooth, FactorsAloneUndoOnlyScales) {
  const auto undone = [](bool with_shift) {
    auto plain = reference_pair();
    auto other = reparametrised(plain, with_shift);
    fold(smoothing_of(plain, 0.5, false), plain.view());
    fold(smoothing_of(other, 0.5, false), other.view());
    return largest_difference(plain.x(), other.x());
  };
  EXPECT_LT(undone(false), 1e-5);
  EXPECT_GT(undone(true), 1);
}

/// RepQ-ViT: where the zeros' mean is whole, one quantizer for the tensor makes the codes that the channels'
/// own made; else its grid lies beside theirs by the fraction.
TEST(Smooth, ReparametrisedChannelsHaveTheSameCodes) {
  auto pair = reference_pair();
  const auto before = outputs(pair);
  const auto grouping = Grouping::last_axis(35);
  auto channels = asymmetric_quantizer(ranges(grouping, narrowed(pair.x())), 4);
  for (std::size_t j = 0; j < 35; ++j) channels.zero[j] = static_cast<float>(5 + j % 5);
  const auto expected = quantised(channels, grouping, pair.x());
  const auto found = reparametrisation(channels);
  EXPECT_NEAR(found.quantizer.zero[0], 7, 1e-6);
  fold(found.smoothing, pair.view());
  EXPECT_LT(largest_difference(outputs(pair), before), 1e-11);
  const auto y = quantised(found.quantizer, {}, pair.x());
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double back = y[i] * found.smoothing.factor[i % 35] + found.smoothing.shift[i % 35];
    ASSERT_NEAR(back, expected[i], 1e-5 * static_cast<double>(channels.scale[i % 35])) << i;
  }
}

TEST(Smooth, ReparametrisedChannelsShareMeanScaleAndFractionalZero) {
  const Quantizer channels{QuantizerKind::asymmetric, 4, {1, 3}, {5, 8}, {}};
  const auto found = reparametrisation(channels);
  EXPECT_EQ(found.quantizer.scale, std::vector<float>{2});
  EXPECT_EQ(found.quantizer.zero, std::vector<float>{6.5F});
  EXPECT_EQ(found.smoothing.factor, (std::vector<double>{0.5, 1.5}));
  // Channel 0 reached from -5 to 10, channel 1 from -24 to 21: both now do from -13 to 17.
  EXPECT_EQ((-5 - found.smoothing.shift[0]) / 0.5, -13);
  EXPECT_EQ((10 - found.smoothing.shift[0]) / 0.5, 17);
  EXPECT_EQ((-24 - found.smoothing.shift[1]) / 1.5, -13);
  EXPECT_EQ((21 - found.smoothing.shift[1]) / 1.5, 17);
}

TEST(Smooth, DegenerateChannelsAndWeightsStayFinite) {
  const std::vector<Range> constant{{2, 2}, {0, 0}, {-1, 1}};
  const auto found = smoothing(constant, std::vector<double>{0, 1, 0}, midpoints(constant), 0.5);
  EXPECT_NEAR(found.factor[0], 1, 1e-12);  // both floored
  EXPECT_NEAR(found.factor[1], std::sqrt(1e-5), 1e-12);
  EXPECT_NEAR(found.factor[2], std::sqrt(1e5), 1e-9);
  EXPECT_THROW((void)smoothing(constant, std::vector<double>{1}, {}, 0.5), std::invalid_argument);
  EXPECT_THROW((void)smoothing(constant, std::vector<double>{1, 1, 1}, {}, 1.5), std::invalid_argument);
  EXPECT_THROW((void)reparametrisation({QuantizerKind::symmetric, 4, {1}, {}, {}}), std::invalid_argument);
}

TEST(Smooth, FoldsRefuseSizesThatDoNotMatch) {
  auto pair = reference_pair();
  const auto by = smoothing_of(pair, 0.5, true);
  pair.bias.pop_back();
  EXPECT_THROW(fold(by, pair.view()), std::invalid_argument);
}

}  // namespace
}  // namespace reprise::nn
