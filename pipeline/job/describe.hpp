#pragma once

#include <string>
#include <vector>

#include "pipeline/job/flatten.hpp"

namespace reprise {

/// One key that a job's table may have.
struct KeyDescription {
  std::string key;   ///< "spectrum.exponent" for a nested struct's
  std::string type;  ///< "integer", "list of numbers", or the names of an enumeration: `"smoke" | "paper"`
  std::string default_value;
  std::string unit;  ///< empty: dimensionless
  std::string description;
  bool operator==(const KeyDescription&) const = default;
};

/// What a field is called in a job: "integer", "list of numbers", `"smoke" | "paper"`.
template <class T>
std::string type_text() {
  if constexpr (detail::IsList<T>::value) {
    using Element = typename T::value_type;
    const auto of =
        ReflectedEnum<Element> ? type_text<Element>() : std::string(detail::type_name<Element>(true));
    return "list of " + of;
  } else if constexpr (detail::IsFixedList<T>::value) {
    using Element = typename T::value_type;
    const auto of =
        ReflectedEnum<Element> ? type_text<Element>() : std::string(detail::type_name<Element>(true));
    return fmt::format("list of {} {}", std::tuple_size_v<T>, of);
  } else if constexpr (ReflectedEnum<T>) {
    std::string names;
    for (const auto& each : enumerators_of<T>())
      names += (names.empty() ? "" : " | ") + string_text(each.name);
    return names;
  } else {
    return std::string(detail::type_name<T>(false));
  }
}

template <Reflected T>
void describe(const T& defaults, const std::string& prefix, std::vector<KeyDescription>& into) {
  for_each_field<T>([&](const auto& each) {
    using Member = typename std::remove_cvref_t<decltype(each)>::value_type;
    const auto key = prefix + std::string(each.name);
    if constexpr (Reflected<Member>) {
      describe(defaults.*each.member, key + ".", into);
    } else {
      into.push_back({key, type_text<Member>(), value_text(defaults.*each.member), std::string(each.unit),
                      std::string(each.description)});
    }
  });
}

/// The keys of a job's table that is read as T, in order, with the struct's defaults.
template <Reflected T>
std::vector<KeyDescription> describe() {
  std::vector<KeyDescription> result;
  describe(T{}, "", result);
  return result;
}

}  // namespace reprise
