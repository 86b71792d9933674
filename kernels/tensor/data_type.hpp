#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace reprise::nn {

enum class DataType : std::uint8_t { f32, f64, bf16, s8, u8, s32 };

[[nodiscard]] std::size_t size_of(DataType type);
[[nodiscard]] std::string_view to_string(DataType type);

/// bfloat16: the upper half of a float.
struct BFloat16 {
  std::uint16_t bits = 0;
  BFloat16() = default;
  /// Rounds to nearest, ties to even; NaN stays NaN.
  explicit BFloat16(float value);
  explicit operator float() const;
};

template <class T>
inline constexpr DataType type_of = [] {
  static_assert(sizeof(T) == 0, "no tensor holds this type");
  return DataType::f32;
}();
template <>
inline constexpr DataType type_of<float> = DataType::f32;
template <>
inline constexpr DataType type_of<double> = DataType::f64;
template <>
inline constexpr DataType type_of<BFloat16> = DataType::bf16;
template <>
inline constexpr DataType type_of<std::int8_t> = DataType::s8;
template <>
inline constexpr DataType type_of<std::uint8_t> = DataType::u8;
template <>
inline constexpr DataType type_of<std::int32_t> = DataType::s32;

/// Calls `action` with a value of the C++ type that `type` stands for.
template <class Action>
auto with_type(DataType type, const Action& action) {
  switch (type) {
    case DataType::f64:
      return action(double{});
    case DataType::bf16:
      return action(BFloat16{});
    case DataType::s8:
      return action(std::int8_t{});
    case DataType::u8:
      return action(std::uint8_t{});
    case DataType::s32:
      return action(std::int32_t{});
    case DataType::f32:
      break;
  }
  return action(float{});
}

[[noreturn]] void refuse_type(DataType type);

/// As with_type, for the types that operations compute in: f32 and f64. Throws std::invalid_argument for
/// others.
template <class Action>
auto with_real_type(DataType type, const Action& action) {
  if (type == DataType::f64) return action(double{});
  if (type != DataType::f32) refuse_type(type);
  return action(float{});
}

}  // namespace reprise::nn
