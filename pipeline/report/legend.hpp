#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "pipeline/report/published.hpp"

namespace reprise::reporting {

struct LegendItem {
  std::string label;
  SeriesStyle style = SeriesStyle::line;
  int colour = 0;

  bool operator==(const LegendItem&) const = default;
};

/// The legend of one panel: its labelled series.
std::vector<LegendItem> legend_of(const Panel& panel, const std::vector<int>& colours);

/// The legends of a figure by panel; if all panels have the same, `shared` holds it and the panels have none.
struct FigureLegend {
  std::vector<LegendItem> shared;
  std::vector<std::vector<LegendItem>> panels;
};
FigureLegend figure_legend(const Figure& figure, const std::vector<std::vector<int>>& colours);

/// A legend entry with its place: pixels from the legend's left, and the row.
struct PlacedItem {
  LegendItem item;
  double x = 0;
  std::size_t row = 0;
};

/// Entries in centred rows no wider than `width` pixels.
std::vector<PlacedItem> flow(const std::vector<LegendItem>& items, double width);

std::size_t rows_of(const std::vector<PlacedItem>& placed);

}  // namespace reprise::reporting
