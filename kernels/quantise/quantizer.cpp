#include "kernels/quantise/quantizer.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "kernels/expects.hpp"
#include "kernels/quantise/loops.hpp"

namespace reprise::nn {
namespace {

bool has_regions(QuantizerKind kind) {
  return kind == QuantizerKind::sign_regions || kind == QuantizerKind::magnitude_regions ||
         kind == QuantizerKind::probability_regions || kind == QuantizerKind::twin_probabilities;
}

/// The small region's scale goes into the large one's a whole number of times, so that codes of both are
/// multiples of it.
double whole_ratio(float small, float large) {
  const double ratio = std::rint(static_cast<double>(large) / static_cast<double>(small));
  expects(ratio >= 1 && static_cast<double>(small) * ratio == static_cast<double>(large),
          "integer codes of regions need an outer scale that is a whole multiple of the inner one");
  return ratio;
}

struct CodeRange {
  std::int32_t offset;
  std::int32_t largest;
};

CodeRange code_range(const Quantizer& quantizer, std::size_t group) {
  const std::int32_t half = 1 << (quantizer.bits - 1);
  const auto outermost = [&] {
    const double most = (half - 1) * whole_ratio(quantizer.scale[group], quantizer.outer[group]);
    expects(most < 1e9, "integer codes of regions fit no 32 bits: the ratio of the scales is too large");
    return static_cast<std::int32_t>(most);
  };
  switch (quantizer.kind) {
    case QuantizerKind::symmetric:
      return {half, 2 * half - 1};
    case QuantizerKind::asymmetric: {
      const float zero = quantizer.zero[group];
      expects(zero == std::rint(zero) && std::abs(zero) < 1e9F,
              "integer codes need a whole zero; round it first");
      return {static_cast<std::int32_t>(zero), 2 * half - 1};
    }
    case QuantizerKind::sign_regions:
      return {half, half + outermost()};
    case QuantizerKind::magnitude_regions:
      return {half / 2, half / 2 + outermost()};
    case QuantizerKind::probability_regions:
      return {0, outermost()};
    case QuantizerKind::twin_probabilities:
      return {0, half - 1 + outermost()};
    default:
      break;
  }
  expects(false, "values of a quantizer of this kind are no multiples of a unit");
  return {};
}

}  // namespace

quantise_loops::View quantise_loops::view_of(const Quantizer& quantizer, const Grouping& grouping,
                                             std::size_t count) {
  expects(grouping.groups >= 1 && grouping.inner >= 1, "a grouping has at least one group of one element");
  expects(grouping.groups == 1 || static_cast<std::int64_t>(count) % (grouping.groups * grouping.inner) == 0,
          "elements of a grouped tensor are whole rounds of its groups");
  if (quantizer.kind == QuantizerKind::none) return {quantizer.kind, 8, nullptr, nullptr, nullptr, grouping};
  expects(quantizer.bits >= 2 && quantizer.bits <= 16, "a quantizer has 2 to 16 bits");
  const auto groups = static_cast<std::size_t>(grouping.groups);
  const auto positive = [&](const std::vector<float>& scales) {
    return scales.size() == groups &&
           std::ranges::all_of(scales, [](float s) { return s > 0 && std::isfinite(s); });
  };
  expects(quantizer.kind == QuantizerKind::log2 || positive(quantizer.scale),
          "a quantizer has one positive scale for each group");
  expects(!has_regions(quantizer.kind) || positive(quantizer.outer),
          "a quantizer with regions has one positive outer scale for each group");
  expects(quantizer.kind != QuantizerKind::asymmetric || quantizer.zero.size() == groups,
          "an asymmetric quantizer has one zero for each group");
  const auto data = [](const std::vector<float>& numbers, bool used) {
    return used ? numbers.data() : nullptr;
  };
  return {quantizer.kind,
          quantizer.bits,
          data(quantizer.scale, quantizer.kind != QuantizerKind::log2),
          data(quantizer.zero, quantizer.kind == QuantizerKind::asymmetric),
          data(quantizer.outer, has_regions(quantizer.kind)),
          grouping};
}

void fake_quantise(const Quantizer& quantizer, const Grouping& grouping, std::span<const float> x,
                   std::span<float> y) {
  expects(x.size() == y.size(), "as many values come out as go in");
  const auto view = quantise_loops::view_of(quantizer, grouping, x.size());
  quantise_loops::values(view, static_cast<std::int64_t>(x.size()), x.data(), y.data());
}

IntegerCodes integer_codes(const Quantizer& quantizer, const Grouping& grouping, std::span<const float> x) {
  const auto view = quantise_loops::view_of(quantizer, grouping, x.size());
  IntegerCodes result;
  result.unit = quantizer.scale;
  for (std::size_t group = 0; group < static_cast<std::size_t>(grouping.groups); ++group) {
    const auto [offset, largest] = code_range(quantizer, group);
    result.offset.push_back(offset);
    result.largest = std::max(result.largest, largest);
  }
  result.code.resize(x.size());
  quantise_loops::codes(view, static_cast<std::int64_t>(x.size()), x.data(), result.offset.data(),
                        result.code.data());
  return result;
}

float symmetric_scale(float most, std::int32_t bits) {
  expects(bits >= 2 && bits <= 16, "a quantizer has 2 to 16 bits");
  const double levels = std::exp2(bits - 1) - 0.5;
  return std::max(static_cast<float>(static_cast<double>(most) / levels * (1 + 0x1p-16)), 1e-12F);
}

}  // namespace reprise::nn
