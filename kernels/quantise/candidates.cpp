#include "kernels/quantise/candidates.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/expects.hpp"
#include "kernels/quantise/loops.hpp"

namespace reprise::nn {
namespace {

constexpr double kLeastGelu = 0.16997124254703522;  // the magnitude of GELU's minimum
constexpr double kLeastMaximum = 1e-6;
constexpr std::int64_t kSearched = 200'000;

/// Elements that all candidates see while they are in the cache.
constexpr std::int64_t kNear = 4096;

/// first, first + step, ..., `count` of them; hundredths, so that decimals are those of a literal.
std::vector<Setting> factors(int first, int step, int count) {
  std::vector<Setting> result;
  for (int i = 0; i < count; ++i) result.push_back({(first + step * i) / 100.0, 0});
  return result;
}

std::vector<Setting> shifts(int count) {
  std::vector<Setting> result;
  for (int m = 0; m < count; ++m) result.push_back({1, m});
  return result;
}

Quantizer regions(QuantizerKind kind, std::int32_t bits, double inner, double outer) {
  return {kind, bits, {static_cast<float>(inner)}, {}, {static_cast<float>(outer)}};
}

/// The outer scale is rounded first: the inner one is exactly that over a power of two.
Quantizer related_regions(QuantizerKind kind, std::int32_t bits, double outer, std::int32_t m) {
  return regions(kind, bits, std::ldexp(static_cast<double>(static_cast<float>(outer)), -m), outer);
}

Quantizer candidate(const Search& search, const Setting& setting, std::size_t index) {
  const double half = std::exp2(search.bits - 1);
  const double high = std::max(static_cast<double>(search.range.high), kLeastMaximum);
  const auto [rho, m] = setting;
  const std::int32_t bits = search.bits;
  const auto scaled = [by = rho](float x) { return static_cast<float>(static_cast<double>(x) * by); };
  switch (search.kind) {
    case SearchKind::symmetric:
      return {QuantizerKind::symmetric,
              bits,
              {std::max(scaled(symmetric_scale(magnitude(search.range), bits)), 1e-12F)},
              {},
              {}};
    case SearchKind::asymmetric: {
      const Range narrower{scaled(search.range.low), scaled(search.range.high)};
      return asymmetric_quantizer({&narrower, 1}, bits);
    }
    case SearchKind::sign_regions:
      return related_regions(QuantizerKind::sign_regions, bits, high / (half - 1) * rho, m);
    case SearchKind::magnitude_regions:
      return related_regions(QuantizerKind::magnitude_regions, bits, high / (half - 1) * rho, m);
    case SearchKind::fixed_sign_regions:
      return regions(QuantizerKind::sign_regions, bits, kLeastGelu / half, high / (half - 0.5) * rho);
    case SearchKind::probability_regions:
      return related_regions(QuantizerKind::probability_regions, bits, 1 / (half - 1), m);
    case SearchKind::twin_probabilities:
      return related_regions(QuantizerKind::twin_probabilities, bits, 1 / (half - 1), m);
    case SearchKind::log2:
      return {QuantizerKind::log2, bits, {}, {}, {}};
    case SearchKind::log_sqrt2:
      return {QuantizerKind::log_sqrt2, bits, {search.scales[index]}, {}, {}};
  }
  return {};
}

}  // namespace

std::vector<Setting> settings(const Search& search) {
  switch (search.kind) {
    case SearchKind::symmetric:
    case SearchKind::fixed_sign_regions:
      return factors(20, 2, 51);
    case SearchKind::asymmetric:
      return factors(100, -2, 36);
    case SearchKind::sign_regions:
    case SearchKind::magnitude_regions: {
      std::vector<Setting> result;
      for (const auto& [one, m] : shifts(13))
        for (const auto& [rho, none] : factors(40, 5, 17)) result.push_back({rho, m});
      return result;
    }
    case SearchKind::probability_regions:
    case SearchKind::twin_probabilities:
      return shifts(20);
    case SearchKind::log2:
      return {Setting{}};
    case SearchKind::log_sqrt2:
      return std::vector<Setting>(search.scales.size());
  }
  return {};
}

std::vector<Quantizer> candidates(const Search& search) {
  expects(search.bits >= 2 && search.bits <= 16, "a quantizer has 2 to 16 bits");
  std::vector<Quantizer> result;
  for (const auto& setting : settings(search)) result.push_back(candidate(search, setting, result.size()));
  return result;
}

std::vector<double> squared_errors(std::span<const Quantizer> candidates, const Grouping& grouping,
                                   std::span<const float> x) {
  std::vector<quantise_loops::View> views;
  for (const auto& each : candidates) views.push_back(quantise_loops::view_of(each, grouping, x.size()));
  const std::int64_t round = grouping.groups == 1 ? 1 : grouping.groups * grouping.inner;
  const std::int64_t near = std::max<std::int64_t>(1, kNear / round) * round;
  const auto count = static_cast<std::int64_t>(x.size());
  std::vector<double> result(candidates.size(), 0.0);
  for (std::int64_t first = 0; first < count; first += near)
    for (std::size_t c = 0; c < result.size(); ++c)
      result[c] += quantise_loops::squared_error(views[c], std::min(near, count - first), x.data() + first);
  return result;
}

std::size_t first_least(std::span<const double> errors) {
  std::size_t least = errors.size();
  for (std::size_t i = 0; i < errors.size(); ++i)
    if (std::isfinite(errors[i]) && (least == errors.size() || errors[i] < errors[least])) least = i;
  expects(
      least < errors.size(),
      "no candidate has a finite error: the calibration data hold something that is no number or infinite");
  return least;
}

Quantizer best(std::span<const Quantizer> candidates, std::span<const double> errors) {
  expects(candidates.size() == errors.size(), "each candidate has an error");
  return candidates[first_least(errors)];
}

std::int64_t search_stride(std::int64_t elements) {
  return elements > 2 * kSearched ? elements / kSearched + 1 : 1;
}

std::vector<float> searched_elements(std::int64_t first, std::span<const float> part, std::int64_t elements) {
  expects(first >= 0 && first + static_cast<std::int64_t>(part.size()) <= elements,
          "a part lies in its tensor");
  const std::int64_t stride = search_stride(elements);
  std::vector<float> result;
  for (auto at = (stride - first % stride) % stride; at < static_cast<std::int64_t>(part.size());
       at += stride)
    result.push_back(part[static_cast<std::size_t>(at)]);
  return result;
}

}  // namespace reprise::nn
