#include "kernels/tensor/data_type.hpp"

#include <bit>
#include <cmath>
#include <stdexcept>
#include <string>

namespace reprise::nn {

std::size_t size_of(DataType type) {
  return with_type(type, [](auto value) { return sizeof(value); });
}

std::string_view to_string(DataType type) {
  switch (type) {
    case DataType::f32:
      return "f32";
    case DataType::f64:
      return "f64";
    case DataType::bf16:
      return "bf16";
    case DataType::s8:
      return "s8";
    case DataType::u8:
      return "u8";
    case DataType::s32:
      return "s32";
  }
  return "?";
}

void refuse_type(DataType type) {
  throw std::invalid_argument("this operation computes in f32 or f64, not in " +
                              std::string(to_string(type)));
}

BFloat16::BFloat16(float value) {
  const auto word = std::bit_cast<std::uint32_t>(value);
  if (std::isnan(value)) {
    bits = static_cast<std::uint16_t>((word >> 16U) | 0x40U);
    return;
  }
  bits = static_cast<std::uint16_t>((word + 0x7fffU + ((word >> 16U) & 1U)) >> 16U);
}

BFloat16::operator float() const {
  return std::bit_cast<float>(std::uint32_t{bits} << 16U);
}

}  // namespace reprise::nn
