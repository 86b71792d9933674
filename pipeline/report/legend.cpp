#include "pipeline/report/legend.hpp"

#include <algorithm>

#include "pipeline/report/panel_layout.hpp"

namespace reprise::reporting {
namespace {

constexpr double kBetween = 18;  // pixels between entries

double entry_width(const LegendItem& item) {
  return kSampleWidth + 6 + text_width(item.label);
}

/// One entry after the other, in centred rows.
std::vector<PlacedItem> in_lines(const std::vector<LegendItem>& items, double width) {
  std::vector<PlacedItem> placed;
  std::size_t row = 0;
  std::size_t row_begin = 0;
  double x = 0;
  const auto centre_row = [&] {
    for (std::size_t i = row_begin; i < placed.size(); ++i) {
      placed[i].x += std::max(0.0, (width - (x - kBetween)) / 2);
    }
    row_begin = placed.size();
  };
  for (const auto& item : items) {
    if (x > 0 && x + entry_width(item) > width) {
      centre_row();
      ++row;
      x = 0;
    }
    placed.push_back({item, x, row});
    x += entry_width(item) + kBetween;
  }
  centre_row();
  return placed;
}

/// In so many columns, row by row; nothing if they are wider than `width`.
std::vector<PlacedItem> in_columns(const std::vector<LegendItem>& items, double width, std::size_t columns) {
  std::vector<double> widths(columns, 0);
  for (std::size_t i = 0; i < items.size(); ++i) {
    widths[i % columns] = std::max(widths[i % columns], entry_width(items[i]));
  }
  double total = kBetween * static_cast<double>(columns - 1);
  for (const double each : widths) total += each;
  if (total > width) return {};
  std::vector<PlacedItem> placed;
  double x = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i % columns == 0) x = (width - total) / 2;
    placed.push_back({items[i], x, i / columns});
    x += widths[i % columns] + kBetween;
  }
  return placed;
}

}  // namespace

std::vector<LegendItem> legend_of(const Panel& panel, const std::vector<int>& colours) {
  std::vector<LegendItem> items;
  for (std::size_t i = 0; i < panel.series.size(); ++i) {
    const auto& series = panel.series[i];
    if (!series.label.empty()) items.push_back({series.label, series.style, colours.at(i)});
  }
  return items;
}

FigureLegend figure_legend(const Figure& figure, const std::vector<std::vector<int>>& colours) {
  FigureLegend legend;
  for (std::size_t i = 0; i < figure.panels.size(); ++i) {
    legend.panels.push_back(legend_of(figure.panels[i], colours.at(i)));
  }
  const bool same = std::all_of(legend.panels.begin(), legend.panels.end(),
                                [&](const auto& each) { return each == legend.panels.front(); });
  if (legend.panels.size() > 1 && same) {
    legend.shared = legend.panels.front();
    for (auto& each : legend.panels) each.clear();
  }
  return legend;
}

std::vector<PlacedItem> flow(const std::vector<LegendItem>& items, double width) {
  const auto lines = in_lines(items, width);
  // Columns read better, where they cost no more than a row.
  for (std::size_t columns = items.size(); columns > 1; --columns) {
    const auto placed = in_columns(items, width, columns);
    if (placed.empty()) continue;
    const auto rows = rows_of(placed);
    if (rows > rows_of(lines) + 1) break;
    const auto even = in_columns(items, width, (items.size() + rows - 1) / rows);
    return even.empty() ? placed : even;
  }
  return lines;
}

std::size_t rows_of(const std::vector<PlacedItem>& placed) {
  return placed.empty() ? 0 : placed.back().row + 1;
}

}  // namespace reprise::reporting
