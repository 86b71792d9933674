#include "kernels/quantise/channel_search.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "../formula.hpp"
#include "kernels/quantise/candidates.hpp"
#include "quantizers.hpp"

namespace reprise::nn {
namespace {

double error_of(const Quantizer& quantizer, const Grouping& grouping, std::span<const float> x) {
  return squared_errors({&quantizer, 1}, grouping, x)[0];
}

/// [rows, channels], a few channels far wider than the others.
std::vector<float> outlying_channels(std::size_t rows, std::size_t channels) {
  auto x = narrowed(formula::normals("outlying", rows * channels));
  for (std::size_t i = 0; i < x.size(); ++i)
    if (i % channels % 7 == 3) x[i] *= 16;
  return x;
}

TEST(ChannelSearch, PowerFactorsAreThoseOfTheReference) {
  auto x = narrowed(formula::normals("px", 256 * 12));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = std::ldexp(x[i], static_cast<int>(i % 12 % 6));
  const auto whole = range(x);
  const auto candidates = power_factor_candidates(whole, 8);
  const auto found = best_power_factors(whole, 8, 12, channel_errors(candidates, 12, x));
  EXPECT_NEAR(8 * candidates[0].scale[0], 0.80226032, 1e-6);
  EXPECT_EQ(found.alpha, (std::vector<std::int32_t>{0, 0, 1, 2, 2, 3, 0, 0, 1, 2, 3, 3}));
  for (std::size_t c = 0; c < 12; ++c) {
    EXPECT_EQ(found.quantizer.zero[c], 159);
    EXPECT_EQ(found.quantizer.scale[c], std::ldexp(candidates[0].scale[0], found.alpha[c]));
  }
}

TEST(ChannelSearch, ErrorsOfChannelsAddUpToThoseOfTheTensor) {
  for (const std::int64_t channels : {1, 3, 8, 13, 40}) {
    const auto x = narrowed(formula::normals("channels", static_cast<std::size_t>(channels) * 29));
    const auto candidates = two_scale_candidates(magnitude(range(x)), 4);
    const auto errors = channel_errors(candidates, channels, x);
    const auto totals = squared_errors(candidates, Grouping::whole(), x);
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      double sum = 0;
      for (std::size_t c = 0; c < static_cast<std::size_t>(channels); ++c)
        sum += errors[i * static_cast<std::size_t>(channels) + c];
      EXPECT_NEAR(sum, totals[i], 1e-12 * totals[i]);
    }
    auto parts = channel_errors(candidates, channels, std::span<const float>(x).first(x.size() / 29 * 11));
    const auto rest =
        channel_errors(candidates, channels, std::span<const float>(x).subspan(x.size() / 29 * 11));
    for (std::size_t i = 0; i < parts.size(); ++i)
      EXPECT_NEAR(parts[i] + rest[i], errors[i], 1e-12 * errors[i]);
  }
}

/// By trying all of them, one channel after the other.
TEST(ChannelSearch, TwoScalesAreTheBestOfAll) {
  constexpr std::int64_t kChannels = 21;
  const auto x = outlying_channels(64, kChannels);
  const float most = magnitude(range(x));
  const auto found =
      best_two_scales(most, 4, kChannels, channel_errors(two_scale_candidates(most, 4), kChannels, x));
  double least = 1e300;
  for (int r = 4; r <= 12; ++r)
    for (int k = 0; k <= 5; ++k) {
      const double outer = static_cast<double>(most) * r / 10 / 7.5 * (1 + 0x1p-16);
      double total = 0;
      for (std::size_t c = 0; c < kChannels; ++c) {
        std::vector<float> channel;
        for (std::size_t row = 0; row < 64; ++row) channel.push_back(x[row * kChannels + c]);
        double better = 1e300;
        for (const double scale : {outer, std::ldexp(outer, -k)})
          better = std::min(
              better,
              error_of({QuantizerKind::symmetric, 4, {static_cast<float>(scale)}, {}, {}}, {}, channel));
        total += better;
      }
      least = std::min(least, total);
    }
  EXPECT_NEAR(found.error, least, 1e-5 * least);
  EXPECT_NEAR(error_of(found.quantizer, Grouping::last_axis(kChannels), x), found.error, 1e-9 * found.error);
  const float inner = *std::ranges::min_element(found.quantizer.scale);
  for (std::size_t c = 0; c < kChannels; ++c)
    EXPECT_EQ(found.quantizer.scale[c], c % 7 == 3 ? std::ldexp(inner, found.k) : inner) << c;
  EXPECT_GT(found.k, 0);
}

TEST(ChannelSearch, EqualErrorsGiveTheInnerScale) {
  const std::vector<float> zeros(30, 0.0F);
  const auto errors = channel_errors(two_scale_candidates(1, 4), 3, zeros);
  const auto found = best_two_scales(1, 4, 3, errors);
  EXPECT_EQ(found.k, 0);  // the first of all
  EXPECT_EQ(found.rho, 0.4);
  // Channel 0 is best at k = 2 of the first rho, the others are the same for all.
  auto changed = errors;
  std::ranges::fill(changed, 1.0);
  changed[2 * 3] = 0.5;
  const auto preferred = best_two_scales(1, 4, 3, changed);
  EXPECT_EQ(preferred.k, 2);
  EXPECT_EQ(preferred.quantizer.scale[1], preferred.quantizer.scale[0]);
  EXPECT_THROW((void)best_two_scales(1, 4, 4, errors), std::invalid_argument);
}

TEST(ChannelSearch, RowsAreAsGoodAsTheBestFactorOfEach) {
  constexpr std::size_t kRows = 5;
  constexpr std::size_t kColumns = 37;
  auto weight = narrowed(formula::normals("rows", kRows * kColumns));
  for (std::size_t i = 0; i < weight.size(); ++i) weight[i] *= static_cast<float>(1 + i / kColumns);
  weight[3] = 30;
  std::fill_n(weight.begin() + 2 * kColumns, kColumns, 0.0F);
  for (const int bits : {3, 4, 8}) {
    const auto found = search_rows(weight, kRows, bits);
    const auto start = symmetric_quantizer(ranges(Grouping::first_axis(kRows, kColumns), weight), bits);
    for (std::size_t r = 0; r < kRows; ++r) {
      const auto row = std::span<const float>(weight).subspan(r * kColumns, kColumns);
      double least = error_of({QuantizerKind::symmetric, bits, {start.scale[r]}, {}, {}}, {}, row);
      float scale = start.scale[r];
      for (int i = 0; i < 36; ++i) {
        const auto narrower = static_cast<float>(static_cast<double>(start.scale[r]) * (0.3 + 0.025 * i));
        const double error =
            narrower > 0 ? error_of({QuantizerKind::symmetric, bits, {narrower}, {}, {}}, {}, row) : least;
        if (error < least) {
          least = error;
          scale = narrower;
        }
      }
      EXPECT_FLOAT_EQ(found.scale[r], scale) << "row " << r;
    }
    EXPECT_EQ(found.scale[2], start.scale[2]);  // of zeros: the first
    EXPECT_LE(error_of(found, Grouping::first_axis(kRows, kColumns), weight),
              error_of(start, Grouping::first_axis(kRows, kColumns), weight));
  }
}

}  // namespace
}  // namespace reprise::nn
