#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "pipeline/report/legend.hpp"
#include "pipeline/report/published.hpp"

namespace reprise::reporting {

/// Where a drawing goes and how large it is, in pixels of 1/96 inch.
struct Canvas {
  enum class Format { svg, pdf };
  Format format = Format::svg;
  std::string file;  ///< below gnuplot's working folder
  double width = 0;
  double height = 0;
  bool white = true;  ///< white paper, or none
};

/// A figure with what is decided once for all its drawings.
struct FigurePlan {
  const Figure* figure = nullptr;
  std::vector<std::vector<int>> colours;  ///< by panel and series
  FigureLegend legend;
  double panel_width = 480;  ///< of a panel drawn alone
  double panel_height = 320;
};

FigurePlan plan_figure(const Figure& figure);

/// gnuplot commands that draw all panels with titles and legends into `file`.
std::string whole_figure_script(const FigurePlan& plan, Canvas::Format format, const std::string& file);

/// gnuplot commands that draw one panel without title and legend: the page shows those as text.
std::string panel_script(const FigurePlan& plan, std::size_t panel, const std::string& file);

}  // namespace reprise::reporting
