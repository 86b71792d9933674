#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace reprise {

/// Damerau–Levenshtein distance, restricted to swaps of neighbours: how many letters have to be inserted,
/// dropped, replaced or swapped to get from one to the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The known name that `wrong` was most likely meant to be, or an empty string when none is near. Case and
/// the difference of '-' and '_' count for nothing.
std::string nearest(std::string_view wrong, std::span<const std::string> known);

/// nearest() as the end of a message: `; did you mean "seed"?`, or nothing.
std::string did_you_mean(std::string_view wrong, std::span<const std::string> known);

}  // namespace reprise
