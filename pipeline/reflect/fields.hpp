#pragma once

#include <array>
#include <concepts>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace reprise {

/// One field of a reflected struct: its name in files, where it is, what it means and in which unit.
/// An empty unit means dimensionless.
template <class Struct, class Member>
struct Field {
  using value_type = Member;
  std::string_view name;
  Member Struct::*member;
  std::string_view description;
  std::string_view unit;
};

template <class Struct, class Member>
constexpr Field<Struct, Member> field(std::string_view name, Member Struct::*member,
                                      std::string_view description, std::string_view unit = "") {
  return {name, member, description, unit};
}

/// One value of a reflected enumeration.
template <class Enum>
struct Enumerator {
  std::string_view name;
  Enum value;
};

/// A struct says its fields once, in a function found by argument-dependent lookup, and everything else
/// (job files, keys, messages, HDF5 columns, reports) follows from it:
///
///   struct Draw { int dim; double bandwidth; };
///   constexpr auto fields(const Draw*) {
///     return std::tuple{field("dim", &Draw::dim, "dimension of the data"),
///                       field("bandwidth", &Draw::bandwidth, "kernel bandwidth h", "sigma")};
///   }
template <class T>
concept Reflected = std::is_class_v<T> && requires(const T* none) {
  fields(none);
};

/// An enumeration says its names once:
///
///   enum class Spectrum { isotropic, power_law };
///   constexpr auto enumerators(const Spectrum*) {
///     return std::array{Enumerator{"isotropic", Spectrum::isotropic}, Enumerator{"power_law",
///     Spectrum::power_law}};
///   }
template <class T>
concept ReflectedEnum = std::is_enum_v<T> && requires(const T* none) {
  enumerators(none);
};

/// Calls visit(field) for each field of T, in order.
template <Reflected T, class Visit>
constexpr void for_each_field(Visit&& visit) {
  std::apply([&](const auto&... each) { (visit(each), ...); }, fields(static_cast<const T*>(nullptr)));
}

template <ReflectedEnum Enum>
constexpr auto enumerators_of() {
  return enumerators(static_cast<const Enum*>(nullptr));
}

/// The name of an enumeration's value; empty for a value without one.
template <ReflectedEnum Enum>
constexpr std::string_view name_of(Enum value) {
  for (const auto& each : enumerators_of<Enum>()) {
    if (each.value == value) return each.name;
  }
  return {};
}

}  // namespace reprise
