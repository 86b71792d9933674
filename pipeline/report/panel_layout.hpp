#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pipeline/report/axis_scale.hpp"
#include "pipeline/report/published.hpp"

namespace reprise::reporting {

inline constexpr double kFontSize = 12;     ///< pixels
inline constexpr double kLineHeight = 16;   ///< pixels, of one line of text
inline constexpr double kSampleWidth = 24;  ///< pixels, of a legend's sample

/// A rectangle in pixels, from the left and the top of the drawing.
struct Box {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;
};

enum class Align { left, centre, right };

/// A line of text with its middle at a height, in pixels from the drawing's left and top.
struct PlacedText {
  double x = 0;
  double y = 0;
  std::string text;
  Align align = Align::centre;
  bool upright = false;  ///< turned by 90 degrees, read from below
  bool quiet = false;    ///< the name of a mark
};

/// Several series of bars stand side by side around each x.
struct BarGroups {
  double gap = 1;  ///< between neighbouring x; in decades on a logarithmic axis
  int count = 0;   ///< series of bars
};

/// Where everything of a panel goes.
struct PanelLayout {
  Box plot;
  Scale x;
  Scale y;
  BarGroups bars;
  bool slanted_ticks = false;  ///< the x axis's labels are too long to stand side by side
  std::vector<PlacedText> texts;
};

/// The width of a line of text in pixels, estimated (a little too wide rather than too narrow).
double text_width(std::string_view text);

/// `text` in lines no wider than `width` pixels, where its words allow it.
std::vector<std::string> wrap(const std::string& text, double width);

/// Lays `panel` out within `canvas`; its title is drawn only `with_title`.
PanelLayout lay_out(const Panel& panel, const Box& canvas, bool with_title);

}  // namespace reprise::reporting
