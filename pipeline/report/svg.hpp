#pragma once

#include <string>
#include <vector>

namespace reprise::reporting {

/// Names a drawing for those who can't see it.
struct SvgNames {
  std::string id;  ///< unique on the page
  std::string title;
  std::string description;
  std::vector<std::string> series;  ///< labels in drawing order
};

/// gnuplot's SVG of one panel as an element of the page: text, axes and series take their colours from the
/// page
/// (`currentColor`, `var(--series-0)`, `var(--grid)`, `var(--mark)`), it scales with its frame, and its
/// identifiers are its own.
std::string page_svg(const std::string& gnuplot_svg, const SvgNames& names);

/// gnuplot's SVG as a file of its own: the colours stay, title and description are the figure's.
std::string file_svg(const std::string& gnuplot_svg, const SvgNames& names);

}  // namespace reprise::reporting
