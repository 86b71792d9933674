#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "pipeline/base/key.hpp"
#include "pipeline/reflect/fields.hpp"
#include "pipeline/reflect/ndarray.hpp"

namespace reprise {

/// What one element of a stored column is. `key` is a Ref: 16 bytes, stored as two u64.
enum class ElementType : std::uint8_t {
  boolean,
  i32,
  i64,
  u8,
  u32,
  u64,
  f32,
  f64,
  bf16,
  key,
  text,
  enumeration
};

/// How many elements a row has: one, a fixed number, a number that differs from row to row, or an array with
/// a shape of its own.
enum class Extent : std::uint8_t { scalar, fixed, ragged, array };

/// One field of a struct as it is stored, known at run time.
struct ColumnSchema {
  std::string name;
  std::string description;
  std::string unit;
  ElementType type = ElementType::f64;
  Extent extent = Extent::scalar;
  std::size_t length = 1;                                              ///< for fixed
  std::vector<std::pair<std::string, std::int32_t>> enumerators = {};  ///< for enumeration, stored as i32

  bool operator==(const ColumnSchema&) const = default;
};

/// The fields of a struct in order. Nested structs are flattened, their names joined by a dot.
using StructSchema = std::vector<ColumnSchema>;

/// Bytes of one element of a type in a row's encoding (text has none of its own: see codec.hpp).
std::size_t element_size(ElementType type);
std::string_view name_of(ElementType type);
std::string_view name_of(Extent extent);

namespace detail {

template <class T>
struct ElementOf;
// clang-format off
template <> struct ElementOf<bool> { static constexpr auto type = ElementType::boolean; };
template <> struct ElementOf<std::int32_t> { static constexpr auto type = ElementType::i32; };
template <> struct ElementOf<std::int64_t> { static constexpr auto type = ElementType::i64; };
template <> struct ElementOf<std::uint8_t> { static constexpr auto type = ElementType::u8; };
template <> struct ElementOf<std::uint32_t> { static constexpr auto type = ElementType::u32; };
template <> struct ElementOf<std::uint64_t> { static constexpr auto type = ElementType::u64; };
template <> struct ElementOf<float> { static constexpr auto type = ElementType::f32; };
template <> struct ElementOf<double> { static constexpr auto type = ElementType::f64; };
template <> struct ElementOf<Bfloat16> { static constexpr auto type = ElementType::bf16; };
template <class Output> struct ElementOf<Ref<Output>> { static constexpr auto type = ElementType::key; };
// clang-format on

}  // namespace detail

/// Scalars that may be elements of a column.
template <class T>
concept Element = requires {
  detail::ElementOf<T>::type;
};

namespace detail {

template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::bool_constant<Element<T> && !std::is_same_v<T, bool>> {};
template <class T>
struct IsArray : std::false_type {};
template <class T, std::size_t N>
struct IsArray<std::array<T, N>> : std::bool_constant<Element<T>> {};
template <class T>
struct IsNdArray : std::false_type {};
template <class T>
struct IsNdArray<NdArray<T>> : std::bool_constant<Element<T>> {};

template <Reflected T>
void add_columns(StructSchema& schema, const std::string& prefix);

template <class T>
void add_column(StructSchema& schema, const std::string& prefix, std::string_view name,
                std::string_view description, std::string_view unit) {
  ColumnSchema column{prefix + std::string(name), std::string(description), std::string(unit)};
  if constexpr (Reflected<T>) {
    add_columns<T>(schema, column.name + ".");
    return;
  } else if constexpr (ReflectedEnum<T>) {
    column.type = ElementType::enumeration;
    for (const auto& each : enumerators_of<T>()) {
      column.enumerators.emplace_back(std::string(each.name), static_cast<std::int32_t>(each.value));
    }
  } else if constexpr (Element<T>) {
    column.type = ElementOf<T>::type;
  } else if constexpr (std::is_same_v<T, std::string>) {
    column.type = ElementType::text;
  } else if constexpr (IsArray<T>::value) {
    column.type = ElementOf<typename T::value_type>::type;
    column.extent = Extent::fixed;
    column.length = std::tuple_size_v<T>;
  } else if constexpr (IsVector<T>::value) {
    column.type = ElementOf<typename T::value_type>::type;
    column.extent = Extent::ragged;
  } else {
    static_assert(
        IsNdArray<T>::value,
        "a field is bool, i32, i64, u8, u32, u64, float, double, Bfloat16, Ref, std::string, a reflected "
        "enumeration or struct, or std::array, std::vector or NdArray of such a scalar");
    column.type = ElementOf<typename decltype(T::values)::value_type>::type;
    column.extent = Extent::array;
  }
  schema.push_back(std::move(column));
}

template <Reflected T>
void add_columns(StructSchema& schema, const std::string& prefix) {
  for_each_field<T>([&](const auto& each) {
    using Member = typename std::remove_cvref_t<decltype(each)>::value_type;
    add_column<Member>(schema, prefix, each.name, each.description, each.unit);
  });
}

}  // namespace detail

template <Reflected T>
const StructSchema& schema_of() {
  static const StructSchema schema = [] {
    StructSchema made;
    detail::add_columns<T>(made, "");
    return made;
  }();
  return schema;
}

}  // namespace reprise
