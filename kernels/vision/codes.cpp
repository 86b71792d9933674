#include "kernels/vision/codes.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>
#include <stdexcept>

#include "kernels/expects.hpp"
#include "kernels/quantise/loops.hpp"
#include "kernels/tensor/integer_products.hpp"

namespace reprise::nn {
namespace {

/// Of a power of two in a plane of powers: 2^-q is 2^(7 - q mod 8) there.
constexpr std::int32_t kPowersOfPlane = 8;
constexpr std::int32_t kMostLog2Bits = 5;  // 4 planes

bool is_powers(const Quantizer& quantizer) {
  return quantizer.kind == QuantizerKind::log2;
}

/// Units, offsets and the largest code, without any elements; none where there are no integer codes.
std::optional<IntegerCodes> units_of(const Quantizer& quantizer, const Grouping& grouping) {
  if (quantizer.kind == QuantizerKind::none || quantizer.kind == QuantizerKind::log_sqrt2)
    return std::nullopt;
  try {
    return integer_codes(quantizer, grouping, {});
  } catch (const std::invalid_argument&) {
    return std::nullopt;
  }
}

Grouping of_all_groups(const Quantizer& quantizer) {
  return {static_cast<std::int64_t>(std::max<std::size_t>(quantizer.scale.size(), 1)), 1};
}

/// s32, of x's shape.
Tensor codes_of(const Quantizer& quantizer, const Grouping& grouping, const std::vector<std::int32_t>& offset,
                const Tensor& x) {
  const auto from = x.to_contiguous();
  Tensor codes(x.shape(), DataType::s32);
  const auto view = quantise_loops::view_of(quantizer, grouping, static_cast<std::size_t>(x.elements()));
  quantise_loops::codes(view, x.elements(), from.data<float>(), offset.data(),
                        codes.mutable_data<std::int32_t>());
  return codes;
}

LeftCodes powers(const Quantizer& quantizer, const Grouping& grouping, const Tensor& x) {
  LeftCodes result{{}, {}, {1.0F}, {0}, 1 << (kPowersOfPlane - 1)};
  const auto from = x.to_contiguous();
  Tensor values(x.shape());
  const auto count = static_cast<std::size_t>(x.elements());
  fake_quantise(quantizer, grouping, std::span(from.data<float>(), count),
                std::span(values.mutable_data<float>(), count));
  const auto* const value = values.data<float>();
  for (std::int32_t first = 0; first < 1 << quantizer.bits; first += kPowersOfPlane) {
    Tensor plane(x.shape(), DataType::u8);
    auto* const codes = plane.mutable_data<std::uint8_t>();
    for (std::size_t i = 0; i < count; ++i) {
      // The exponent of 2^-q; of zero it is far beyond all planes.
      const auto q = 127 - static_cast<std::int32_t>(std::bit_cast<std::uint32_t>(value[i]) >> 23U) - first;
      codes[i] = q >= 0 && q < kPowersOfPlane
                     ? static_cast<std::uint8_t>(1U << static_cast<unsigned>(kPowersOfPlane - 1 - q))
                     : std::uint8_t{0};
    }
    result.planes.push_back(plane);
    result.factor.push_back(std::ldexp(1.0F, 1 - kPowersOfPlane - first));
  }
  return result;
}

}  // namespace

bool has_left_codes(const Quantizer& quantizer) {
  if (is_powers(quantizer)) return quantizer.bits <= kMostLog2Bits;
  return units_of(quantizer, of_all_groups(quantizer)).has_value();
}

bool has_right_codes(const Quantizer& quantizer) {
  const auto units = units_of(quantizer, of_all_groups(quantizer));
  return units && units->largest <= 255;
}

std::int32_t largest_left_code(const Quantizer& quantizer, const Grouping& grouping) {
  if (is_powers(quantizer)) return 1 << (kPowersOfPlane - 1);
  return std::min(integer_codes(quantizer, grouping, {}).largest, 255);
}

LeftCodes left_codes(const Quantizer& quantizer, const Grouping& grouping, const Tensor& x) {
  if (is_powers(quantizer)) return powers(quantizer, grouping, x);
  const auto units = integer_codes(quantizer, grouping, {});
  LeftCodes result{{}, {}, units.unit, units.offset, std::min(units.largest, 255)};
  const auto codes = codes_of(quantizer, grouping, units.offset, x);
  const std::span all(codes.data<std::int32_t>(), static_cast<std::size_t>(x.elements()));
  for (int place = 0; place == 0 || units.largest >> (8 * place) > 0; ++place) {
    Tensor plane(x.shape(), DataType::u8);
    code_bytes(all, place, plane.mutable_data<std::uint8_t>());
    result.planes.push_back(plane);
    result.factor.push_back(std::ldexp(1.0F, 8 * place));
  }
  return result;
}

RightCodes right_codes(const Quantizer& quantizer, const Grouping& grouping, const Tensor& x) {
  const auto units = integer_codes(quantizer, grouping, {});
  expects(units.largest <= 255, "a right factor's codes fit 8 bits");
  // s8 in place of u8: around zero where all zeros are one that allows it, else around the middle.
  std::int32_t middle = units.largest < 128 ? 0 : 128;
  const auto [least, most] = std::minmax_element(units.offset.begin(), units.offset.end());
  if (*least == *most && *least <= 128 && *least >= units.largest - 127) middle = *least;
  RightCodes result{Tensor(x.shape(), DataType::s8), units.unit, {}};
  const auto codes = codes_of(quantizer, grouping, units.offset, x);
  const auto* const from = codes.data<std::int32_t>();
  auto* const to = result.codes.mutable_data<std::int8_t>();
  const std::int64_t count = x.elements();
  for (std::int64_t i = 0; i < count; ++i) to[i] = static_cast<std::int8_t>(from[i] - middle);
  if (*least != middle || *most != middle)
    for (const auto offset : units.offset) result.zero.push_back(offset - middle);
  return result;
}

}  // namespace reprise::nn
