#pragma once

#include <vector>

#include "pipeline/report/published.hpp"

namespace reprise {

/// Figures with every style, logarithmic axes, marks, annotations and several panels. Their numbers are made
/// up.
std::vector<Figure> sample_figures();

/// Bars with errors over named categories.
Figure sample_bars_figure();

/// A figure of an experiment that has no rows yet.
Figure sample_empty_figure();

}  // namespace reprise
