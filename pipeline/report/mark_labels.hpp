#pragma once

#include <cstddef>
#include <vector>

#include "pipeline/report/panel_layout.hpp"

namespace reprise::reporting {

/// The names of vertical marks, in rows above the plot so that none overlaps another or the data.
struct MarkRows {
  std::vector<PlacedText> labels;  ///< `y` is the row, 0 the lowest
  std::size_t rows = 0;
};
MarkRows vertical_mark_labels(const Panel& panel, const Scale& x, double plot_left, double plot_width,
                              double right_limit);

/// The words placed in a panel, moved sideways and up or down where they would leave the plot.
std::vector<PlacedText> annotation_labels(const Panel& panel, const PanelLayout& layout);

/// The names of horizontal marks, above or below their lines at either end, where the fewest data and no
/// other name are.
std::vector<PlacedText> horizontal_mark_labels(const Panel& panel, const PanelLayout& layout);

}  // namespace reprise::reporting
