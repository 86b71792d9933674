#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "pipeline/report/legend.hpp"
#include "pipeline/report/panel_layout.hpp"

namespace reprise::reporting {

/// The data of a panel's series and the plot command that draws them: bands at the bottom, then bars, lines,
/// points. Data outside what a logarithmic axis can show are left out, error bars and bands cut at its end.
/// `number` tells the data blocks of several panels apart.
std::string plot_commands(const Panel& panel, const PanelLayout& layout, const std::vector<int>& colours,
                          std::size_t number);

/// The labels of the plots that plot_commands draws, in gnuplot's order.
std::vector<std::string> plot_labels(const Panel& panel);

/// Where a legend's sample goes, in screen coordinates.
struct SamplePlace {
  double left, right, middle, top, bottom;
};
std::string sample_command(const LegendItem& item, const SamplePlace& place);

}  // namespace reprise::reporting
