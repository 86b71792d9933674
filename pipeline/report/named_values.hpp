#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pipeline/base/errors.hpp"
#include "pipeline/report/published.hpp"
#include "pipeline/store/h5.hpp"

namespace reprise::reporting {

/// Names in files of an enumeration's values.
template <class Enum, std::size_t N>
using NamedValues = std::array<std::pair<Enum, std::string_view>, N>;

inline constexpr NamedValues<Role, 6> kRoles{{{Role::parameter, "parameter"},
                                              {Role::published, "published"},
                                              {Role::theory, "theory"},
                                              {Role::measured, "measured"},
                                              {Role::difference, "difference"},
                                              {Role::verdict, "verdict"}}};

inline constexpr NamedValues<Emphasis, 3> kEmphases{
    {{Emphasis::none, ""}, {Emphasis::best, "best"}, {Emphasis::tied, "tied"}}};

inline constexpr NamedValues<Verdict, 3> kVerdicts{{{Verdict::reproduced, "reproduced"},
                                                    {Verdict::not_reproduced, "not reproduced"},
                                                    {Verdict::not_tested, "not tested"}}};

inline constexpr NamedValues<SeriesStyle, 9> kStyles{{{SeriesStyle::line, "line"},
                                                      {SeriesStyle::dashed, "dashed"},
                                                      {SeriesStyle::dotted, "dotted"},
                                                      {SeriesStyle::points, "points"},
                                                      {SeriesStyle::error_bars, "error bars"},
                                                      {SeriesStyle::steps, "steps"},
                                                      {SeriesStyle::band, "band"},
                                                      {SeriesStyle::bars, "bars"},
                                                      {SeriesStyle::cloud, "cloud"}}};

template <class Enum, std::size_t N>
std::string_view name_of(const NamedValues<Enum, N>& names, Enum value) {
  return std::find_if(names.begin(), names.end(), [&](const auto& each) { return each.first == value; })
      ->second;
}

/// Throws DamagedFile for a name that no value has.
template <class Enum, std::size_t N>
Enum value_of(const NamedValues<Enum, N>& names, std::string_view name) {
  const auto found =
      std::find_if(names.begin(), names.end(), [&](const auto& each) { return each.second == name; });
  if (found == names.end())
    throw DamagedFile("no role, emphasis, style or verdict is named '" + std::string(name) + "'");
  return found->first;
}

/// The members of `group` by their attribute `place`.
inline std::vector<std::string> ids_in_order(const h5::Group& group) {
  std::vector<std::pair<int, std::string>> placed;
  for (const auto& id : group.members()) {
    placed.emplace_back(group.open_group(id).number<std::int32_t>("place"), id);
  }
  std::sort(placed.begin(), placed.end());
  std::vector<std::string> ids;
  for (auto& [place, id] : placed) ids.push_back(std::move(id));
  return ids;
}

}  // namespace reprise::reporting
