#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

#include "pipeline/report/published.hpp"

namespace reprise::reporting {

/// A colour of the palette on white and on near-black paper.
struct Colour {
  std::string_view light;
  std::string_view dark;
};

/// Okabe and Ito's colours, told apart with every common colour blindness (their yellow, unreadable on white,
/// gives way to brown and grey), with lighter ones for dark pages.
inline constexpr std::array<Colour, 8> kPalette{{{"#0072b2", "#4da3e8"},
                                                 {"#d55e00", "#ff8a4c"},
                                                 {"#009e73", "#2fc99a"},
                                                 {"#cc79a7", "#e8a0c8"},
                                                 {"#e69f00", "#f5b942"},
                                                 {"#56b4e9", "#9cdcff"},
                                                 {"#7a4b1e", "#c99a6b"},
                                                 {"#5a5a5a", "#b0b0b0"}}};
inline constexpr std::string_view kGridColour = "#e1e1e1";
inline constexpr std::string_view kMarkColour = "#6f6f6f";

/// gnuplot's numbers of the markers that go with the colours, so that points differ by shape too.
inline constexpr std::array<int, 8> kMarkers{7, 5, 9, 13, 11, 6, 4, 8};

/// gnuplot's number of the marker of a colour; beyond the palette another than the first time.
inline int marker_of(int colour) {
  const auto index = static_cast<std::size_t>(colour);
  return kMarkers[(index + 3 * (index / kPalette.size())) % kMarkers.size()];
}

inline std::size_t palette_index(int colour) {
  return static_cast<std::size_t>(colour) % kPalette.size();
}

/// The colours of a figure's series, by panel and series: as they say, else one for each label, or for each
/// series without a label, in order of appearance. A label has one colour in all panels.
std::vector<std::vector<int>> series_colours(const Figure& figure);

}  // namespace reprise::reporting
