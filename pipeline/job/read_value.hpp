#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "pipeline/job/toml_value.hpp"
#include "pipeline/reflect/fields.hpp"

namespace reprise::detail {

/// Why a value can't be a field's: "must be an integer, found the string "3"". `element` is where in a list.
struct Mismatch {
  std::size_t at = 0;
  std::string element;  ///< "[2]", or empty
  std::string what;
};

/// Each throws Mismatch. Integers are checked against what their type holds; numbers must be finite.
bool bool_from(const TomlValue& value);
std::int64_t signed_from(const TomlValue& value, std::int64_t low, std::int64_t high);
std::uint64_t unsigned_from(const TomlValue& value, std::uint64_t high);
double double_from(const TomlValue& value);
float float_from(const TomlValue& value);
const std::string& string_from(const TomlValue& value);
/// The index of the value's string in `names`.
std::size_t choice_from(const TomlValue& value, std::span<const std::string_view> names);
const TomlArray& list_from(const TomlValue& value, std::string_view of_what);
[[noreturn]] void refuse_length(const TomlValue& value, std::size_t wanted);

template <class T>
struct IsList : std::false_type {};
template <class T>
struct IsList<std::vector<T>> : std::true_type {};
template <class T>
struct IsFixedList : std::false_type {};
template <class T, std::size_t N>
struct IsFixedList<std::array<T, N>> : std::true_type {};

template <class T>
concept JobInteger = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char>;

/// What a field may be in a job file, besides a reflected struct.
template <class T>
concept JobScalar = std::same_as<T, bool> || JobInteger<T> || std::floating_point<T> ||
    std::same_as<T, std::string> || ReflectedEnum<T>;

/// What a type is called in messages and in `reprise list`: the plural for lists.
template <JobScalar T>
constexpr std::string_view type_name(bool plural) {
  if constexpr (std::same_as<T, bool>)
    return plural ? "booleans" : "boolean";
  else if constexpr (JobInteger<T>)
    return plural ? "integers" : "integer";
  else if constexpr (std::floating_point<T>)
    return plural ? "numbers" : "number";
  else if constexpr (std::same_as<T, std::string>)
    return plural ? "strings" : "string";
  else
    return plural ? "names" : "name";
}

template <ReflectedEnum T>
std::vector<std::string_view> names_of() {
  std::vector<std::string_view> names;
  for (const auto& each : enumerators_of<T>()) names.push_back(each.name);
  return names;
}

template <JobScalar T>
void read_scalar(const TomlValue& from, T& to) {
  using Limits = std::numeric_limits<T>;
  if constexpr (std::same_as<T, bool>) {
    to = bool_from(from);
  } else if constexpr (JobInteger<T> && std::signed_integral<T>) {
    to = static_cast<T>(signed_from(from, Limits::min(), Limits::max()));
  } else if constexpr (JobInteger<T>) {
    to = static_cast<T>(unsigned_from(from, Limits::max()));
  } else if constexpr (std::same_as<T, float>) {
    to = float_from(from);
  } else if constexpr (std::floating_point<T>) {
    to = double_from(from);
  } else if constexpr (std::same_as<T, std::string>) {
    to = string_from(from);
  } else {
    to = enumerators_of<T>()[choice_from(from, names_of<T>())].value;
  }
}

template <JobScalar T>
T read_element(const TomlArray& values, std::size_t i) {
  T value{};
  try {
    read_scalar(values[i], value);
  } catch (Mismatch& mismatch) {
    mismatch.element = "[" + std::to_string(i) + "]";
    throw;
  }
  return value;
}

/// Reads a scalar or a list of scalars. Throws Mismatch.
template <class T>
void read_value(const TomlValue& from, T& to) {
  if constexpr (IsList<T>::value) {
    using Element = typename T::value_type;
    const auto& values = list_from(from, type_name<Element>(true));
    T read;
    for (std::size_t i = 0; i < values.size(); ++i) read.push_back(read_element<Element>(values, i));
    to = std::move(read);
  } else if constexpr (IsFixedList<T>::value) {
    using Element = typename T::value_type;
    const auto& values = list_from(from, type_name<Element>(true));
    if (values.size() != to.size()) refuse_length(from, to.size());
    for (std::size_t i = 0; i < values.size(); ++i) to[i] = read_element<Element>(values, i);
  } else {
    static_assert(JobScalar<T>,
                  "a field of a job's struct is bool, an integer, float, double, std::string, a reflected "
                  "enumeration or struct, or a std::vector or std::array of scalars");
    read_scalar(from, to);
  }
}

}  // namespace reprise::detail
