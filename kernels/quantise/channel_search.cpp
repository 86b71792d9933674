#include "kernels/quantise/channel_search.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "kernels/expects.hpp"
#include "kernels/quantise/candidates.hpp"
#include "kernels/quantise/loops.hpp"

namespace reprise::nn {
namespace {

constexpr int kRhos = 9;
constexpr int kShifts = 6;
constexpr int kAlphas = 4;
constexpr float kLeastScale = 1e-12F;

/// Elements that all candidates see while they are in the cache.
constexpr std::int64_t kNear = 8192;

double rho_at(int i) {
  return (4 + i) / 10.0;
}

/// Row `candidate` of a table of errors.
std::span<const double> row(std::span<const double> errors, int candidate, std::int64_t channels) {
  const auto width = static_cast<std::size_t>(channels);
  return errors.subspan(static_cast<std::size_t>(candidate) * width, width);
}

}  // namespace

std::vector<double> channel_errors(std::span<const Quantizer> candidates, std::int64_t channels,
                                   std::span<const float> x) {
  expects(channels >= 1 && static_cast<std::int64_t>(x.size()) % channels == 0,
          "a tensor has whole rows of channels");
  const auto width = static_cast<std::size_t>(channels);
  const auto rows = static_cast<std::int64_t>(x.size()) / channels;
  const std::int64_t near = std::max<std::int64_t>(1, kNear / channels);
  std::vector<quantise_loops::View> views;
  for (const auto& each : candidates)
    views.push_back(quantise_loops::view_of(each, Grouping::whole(), x.size()));
  std::vector<double> result(candidates.size() * width, 0.0);
  for (std::int64_t first = 0; first < rows; first += near)
    for (std::size_t c = 0; c < views.size(); ++c)
      quantise_loops::column_errors(views[c], std::min(near, rows - first), channels,
                                    x.data() + first * channels, result.data() + c * width);
  return result;
}

std::vector<Quantizer> two_scale_candidates(float most, std::int32_t bits) {
  std::vector<Quantizer> result;
  const auto widest = static_cast<double>(symmetric_scale(most, bits));
  for (int r = 0; r < kRhos; ++r)
    for (int k = 0; k < kShifts; ++k) {
      // Rounded first: powers of two apart exactly.
      const auto outer = static_cast<float>(widest * rho_at(r));
      result.push_back(
          {QuantizerKind::symmetric, bits, {std::max(std::ldexp(outer, -k), kLeastScale)}, {}, {}});
    }
  return result;
}

TwoScales best_two_scales(float most, std::int32_t bits, std::int64_t channels,
                          std::span<const double> errors) {
  const auto candidates = two_scale_candidates(most, bits);
  expects(channels >= 1 && errors.size() == candidates.size() * static_cast<std::size_t>(channels),
          "a table of errors has one for each candidate and channel");
  std::vector<double> totals;
  for (int i = 0; i < kRhos * kShifts; ++i) {
    const auto outer = row(errors, i / kShifts * kShifts, channels);
    const auto inner = row(errors, i, channels);
    double total = 0;
    for (std::size_t c = 0; c < inner.size(); ++c) total += std::min(inner[c], outer[c]);
    totals.push_back(total);
  }
  const auto chosen = static_cast<int>(first_least(totals));
  const int without_shift = chosen / kShifts * kShifts;
  const auto outer = row(errors, without_shift, channels);
  const auto inner = row(errors, chosen, channels);
  const float outer_scale = candidates[static_cast<std::size_t>(without_shift)].scale[0];
  const float inner_scale = candidates[static_cast<std::size_t>(chosen)].scale[0];
  TwoScales result{{QuantizerKind::symmetric, bits, {}, {}, {}},
                   rho_at(chosen / kShifts),
                   chosen % kShifts,
                   totals[static_cast<std::size_t>(chosen)]};
  for (std::size_t c = 0; c < inner.size(); ++c)
    result.quantizer.scale.push_back(inner[c] <= outer[c] ? inner_scale : outer_scale);
  return result;
}

std::vector<Quantizer> power_factor_candidates(const Range& range, std::int32_t bits) {
  const Quantizer whole = asymmetric_quantizer({&range, 1}, bits);
  std::vector<Quantizer> result;
  for (int alpha = 0; alpha < kAlphas; ++alpha) {
    result.push_back(whole);
    result.back().scale[0] = std::max(std::ldexp(whole.scale[0], alpha - 3), kLeastScale);
  }
  return result;
}

PowerFactors best_power_factors(const Range& range, std::int32_t bits, std::int64_t channels,
                                std::span<const double> errors) {
  const auto candidates = power_factor_candidates(range, bits);
  expects(channels >= 1 && errors.size() == candidates.size() * static_cast<std::size_t>(channels),
          "a table of errors has one for each candidate and channel");
  PowerFactors result{{QuantizerKind::asymmetric, bits, {}, {}, {}}, {}};
  std::vector<double> of_channel(candidates.size());
  for (std::size_t c = 0; c < static_cast<std::size_t>(channels); ++c) {
    for (int alpha = 0; alpha < kAlphas; ++alpha)
      of_channel[static_cast<std::size_t>(alpha)] = row(errors, alpha, channels)[c];
    const std::size_t chosen = first_least(of_channel);
    result.alpha.push_back(static_cast<std::int32_t>(chosen));
    result.quantizer.scale.push_back(candidates[chosen].scale[0]);
    result.quantizer.zero.push_back(candidates[chosen].zero[0]);
  }
  return result;
}

Quantizer search_rows(std::span<const float> weight, std::int64_t rows, std::int32_t bits) {
  expects(rows >= 1 && static_cast<std::int64_t>(weight.size()) % rows == 0, "a weight has whole rows");
  const auto columns = weight.size() / static_cast<std::size_t>(rows);
  std::vector<double> factors{1.0};
  for (int i = 0; i < 36; ++i) factors.push_back((300 + 25 * i) / 1000.0);
  Quantizer result{QuantizerKind::symmetric, bits, {}, {}, {}};
  std::vector<double> errors(factors.size());
  for (std::size_t r = 0; r < static_cast<std::size_t>(rows); ++r) {
    const auto values = weight.subspan(r * columns, columns);
    const auto widest = static_cast<double>(symmetric_scale(magnitude(range(values)), bits));
    const auto scale_of = [&](double rho) { return std::max(static_cast<float>(widest * rho), kLeastScale); };
    for (std::size_t i = 0; i < factors.size(); ++i) {
      const float scale = scale_of(factors[i]);
      errors[i] =
          quantise_loops::squared_error({QuantizerKind::symmetric, bits, &scale, nullptr, nullptr, {}},
                                        static_cast<std::int64_t>(columns), values.data());
    }
    result.scale.push_back(scale_of(factors[first_least(errors)]));
  }
  return result;
}

}  // namespace reprise::nn
