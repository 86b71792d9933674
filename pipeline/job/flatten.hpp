#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "pipeline/job/read_value.hpp"
#include "pipeline/job/scalar_text.hpp"
#include "pipeline/reflect/fields.hpp"

namespace reprise {

/// What a job means, key by key: "experiments.fluctuations.dims" and "[20, 100]", defaults included. Two
/// files mean the same when these are the same, however they are written.
using Flattened = std::vector<std::pair<std::string, std::string>>;

/// A value as TOML writes it; the same text for the same value.
template <class T>
std::string value_text(const T& value) {
  if constexpr (detail::IsList<T>::value || detail::IsFixedList<T>::value) {
    std::string text = "[";
    for (std::size_t i = 0; i < value.size(); ++i) {
      const typename T::value_type element = value[i];
      text += (i > 0 ? ", " : "") + value_text(element);
    }
    return text + "]";
  } else if constexpr (std::is_same_v<T, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::is_floating_point_v<T>) {
    return number_text(value);
  } else if constexpr (ReflectedEnum<T>) {
    return string_text(name_of(value));
  } else if constexpr (std::is_same_v<T, std::string>) {
    return string_text(value);
  } else {
    return fmt::to_string(value);
  }
}

template <Reflected T>
void flatten(const T& value, std::string_view prefix, Flattened& into) {
  for_each_field<T>([&](const auto& each) {
    using Member = typename std::remove_cvref_t<decltype(each)>::value_type;
    auto key = prefix.empty() ? std::string(each.name) : fmt::format("{}.{}", prefix, each.name);
    if constexpr (Reflected<Member>) {
      flatten(value.*each.member, key, into);
    } else {
      into.emplace_back(std::move(key), value_text(value.*each.member));
    }
  });
}

template <Reflected T>
Flattened flatten(const T& value, std::string_view prefix = "") {
  Flattened result;
  flatten(value, prefix, result);
  return result;
}

/// One key that two jobs differ in; empty where the key is not there.
struct Difference {
  std::string key;
  std::string before;
  std::string after;
  bool operator==(const Difference&) const = default;
};

/// In the order of `before`, then what only `after` has.
std::vector<Difference> differences(const Flattened& before, const Flattened& after);

/// A line each: "experiments.fluctuations.datasets: 3000 -> 6000", long values shortened to where they
/// differ.
std::string to_text(const std::vector<Difference>& differences);

}  // namespace reprise
