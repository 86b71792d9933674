#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "pipeline/report/published.hpp"

namespace reprise::reporting {

/// A figure and the name its files get: `<name>.svg` and `<name>.pdf`.
struct NamedFigure {
  std::string name;
  const Figure* figure = nullptr;
};

/// What came of a figure.
struct DrawnFigure {
  std::vector<std::string> panels;  ///< SVG elements for the page, one a panel; empty if it was not drawn
  std::string problem;              ///< why it was not drawn; empty if it was
};

/// Draws all figures into `folder` with one run of gnuplot; if that fails, figure by figure, so that one that
/// can't be drawn costs no other. Never throws for gnuplot's sake: the report comes without its figures and
/// says so.
std::vector<DrawnFigure> draw_figures(const std::vector<NamedFigure>& figures,
                                      const std::filesystem::path& folder,
                                      const std::string& gnuplot = "gnuplot");

}  // namespace reprise::reporting
