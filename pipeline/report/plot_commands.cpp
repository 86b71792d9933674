#include "pipeline/report/plot_commands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "pipeline/report/palette.hpp"

namespace reprise::reporting {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kBarsTake = 0.84;  // of the gap between neighbouring x
constexpr double kBandOpacity = 0.22;
constexpr double kBarOpacity = 0.85;

int layer(SeriesStyle style) {
  switch (style) {
    case SeriesStyle::band:
      return 0;
    case SeriesStyle::bars:
    case SeriesStyle::cloud:
      return 1;
    case SeriesStyle::points:
    case SeriesStyle::error_bars:
      return 3;
    default:
      return 2;
  }
}

/// Indices of a panel's series from the bottom layer to the top.
std::vector<std::size_t> drawing_order(const Panel& panel) {
  std::vector<std::size_t> order(panel.series.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return layer(panel.series[a].style) < layer(panel.series[b].style);
  });
  return order;
}

bool has_errors(const Series& series) {
  return !series.error.empty() &&
         (series.style == SeriesStyle::error_bars || series.style == SeriesStyle::bars);
}

double shown(double value, bool log) {
  return log && value <= 0 ? kNaN : value;
}

/// Cut to what the axis shows, for the ends of bands, bars and error bars.
double cut(double value, const Scale& scale) {
  return scale.log && value <= 0 ? std::min(scale.from, scale.to) : value;
}

/// The bar of the series in `slot` at `x`: left edge, middle and right edge.
struct Bar {
  double left, middle, right;
};
Bar bar_at(double x, const BarGroups& groups, int slot, bool log) {
  const double width = groups.gap * kBarsTake / std::max(1, groups.count);
  const double offset = (slot + 0.5) * width - groups.gap * kBarsTake / 2;
  const double inset = 0.04 * width;
  const auto moved = [&](double by) { return log ? x * std::pow(10.0, by) : x + by; };
  return {moved(offset - width / 2 + inset), moved(offset), moved(offset + width / 2 - inset)};
}

/// One row a point: x, y, lower, upper, and for bars left and right. Missing values are NaN.
std::string data_block(const Series& series, const PanelLayout& layout, int slot, const std::string& name) {
  std::string block = name + " << EOD\n";
  const std::size_t count = std::min(series.x.size(), series.y.size());
  const bool is_bar = series.style == SeriesStyle::bars;
  for (std::size_t i = 0; i < count; ++i) {
    double x = shown(series.x[i], layout.x.log);
    const double y = series.style == SeriesStyle::band || is_bar ? cut(series.y[i], layout.y)
                                                                 : shown(series.y[i], layout.y.log);
    const double error = i < series.error.size() ? series.error[i] : kNaN;
    double lower = cut(y - error, layout.y);
    double upper = y + error;
    if (series.style == SeriesStyle::band) {
      lower = y;
      upper = i < series.upper.size() ? cut(series.upper[i], layout.y) : kNaN;
    }
    double left = x, right = x;
    if (is_bar) {
      const auto bar = bar_at(x, layout.bars, slot, layout.x.log);
      left = bar.left;
      right = bar.right;
      x = bar.middle;
    }
    block +=
        fmt::format("{:.12g} {:.12g} {:.12g} {:.12g} {:.12g} {:.12g}\n", x, y, lower, upper, left, right);
  }
  if (count == 0) block += "nan nan nan nan nan nan\n";
  return block + "EOD\n";
}

/// Beyond the palette colours come again, with other dashes and markers.
bool comes_again(int colour) {
  return static_cast<std::size_t>(colour) >= kPalette.size();
}

std::string line_look(SeriesStyle style, int colour) {
  switch (style) {
    case SeriesStyle::dashed:
      return "linewidth 1.8 dashtype (7,4)";
    case SeriesStyle::dotted:
      return "linewidth 1.8 dashtype (2,3)";
    default:
      return comes_again(colour) ? "linewidth 1.8 dashtype (9,3,2,3)" : "linewidth 1.8 dashtype solid";
  }
}

std::string points_look(int colour) {
  const int marker = marker_of(colour);
  const bool slender = marker >= 8;  // triangles and diamonds
  return fmt::format("pointtype {} pointsize {}", marker, slender ? 0.75 : 0.62);
}

constexpr const char* kCloudLook = "pointtype 7 pointsize 0.22";

std::string plot_element(const Series& series, const PanelLayout& layout, int colour,
                         const std::string& name) {
  const auto rgb = fmt::format("rgb '{}'", kPalette[palette_index(colour)].light);
  const double base = cut(0, layout.y);
  switch (series.style) {
    case SeriesStyle::band:
      return fmt::format(
          "{} using 1:3:4 with filledcurves fillcolor {} fillstyle transparent solid {} noborder", name, rgb,
          kBandOpacity);
    case SeriesStyle::bars:
      return fmt::format(
          "{} using 1:2:5:6:({:.12g}):2 with boxxyerror fillcolor {} fillstyle solid {} noborder", name, base,
          rgb, kBarOpacity);
    case SeriesStyle::points:
      return fmt::format("{} using 1:2 with points {} linecolor {}", name, points_look(colour), rgb);
    case SeriesStyle::error_bars:
      return fmt::format("{} using 1:2 with points {} linecolor {}", name, points_look(colour), rgb);
    case SeriesStyle::cloud:
      return fmt::format("{} using 1:2 with points {} linecolor {}", name, kCloudLook, rgb);
    case SeriesStyle::steps:
      return fmt::format("{} using 1:2 with steps {} linecolor {}", name, line_look(series.style, colour),
                         rgb);
    default:
      return fmt::format("{} using 1:2 with lines {} linecolor {}", name, line_look(series.style, colour),
                         rgb);
  }
}

/// Arrows with flat heads: gnuplot's own error bars paint a white disc under where a point could be.
std::string error_element(const Series& series, int colour, const std::string& name) {
  const auto rgb = series.style == SeriesStyle::bars ? "black" : kPalette[palette_index(colour)].light;
  return fmt::format(
      "{} using 1:3:(0):($4-$3) with vectors heads size character 0.4,90 nofilled linewidth 1.2 "
      "linecolor rgb '{}'",
      name, rgb);
}

}  // namespace

std::vector<std::string> plot_labels(const Panel& panel) {
  std::vector<std::string> labels;
  for (const auto index : drawing_order(panel)) {
    const auto& series = panel.series[index];
    if (has_errors(series)) labels.push_back(series.label);
    labels.push_back(series.label);
  }
  return labels;
}

std::string plot_commands(const Panel& panel, const PanelLayout& layout, const std::vector<int>& colours,
                          std::size_t number) {
  std::string blocks;
  std::string elements;
  const auto add = [&](const std::string& element) {
    elements += (elements.empty() ? "" : ", \\\n  ") + element;
  };
  std::vector<int> slots(panel.series.size(), 0);
  int next_slot = 0;
  for (std::size_t i = 0; i < panel.series.size(); ++i) {
    if (panel.series[i].style == SeriesStyle::bars) slots[i] = next_slot++;
  }
  for (const auto index : drawing_order(panel)) {
    const auto& series = panel.series[index];
    const auto name = fmt::format("$data_{}_{}", number, index);
    blocks += data_block(series, layout, slots[index], name);
    // Error bars go under their points and over their bars.
    const bool bars = series.style == SeriesStyle::bars;
    if (has_errors(series) && !bars) add(error_element(series, colours.at(index), name));
    add(plot_element(series, layout, colours.at(index), name));
    if (has_errors(series) && bars) add(error_element(series, colours.at(index), name));
  }
  if (elements.empty()) elements = "NaN";
  return blocks + "plot " + elements + "\n";
}

std::string sample_command(const LegendItem& item, const SamplePlace& place) {
  const auto rgb = fmt::format("rgb '{}'", kPalette[palette_index(item.colour)].light);
  switch (item.style) {
    case SeriesStyle::band:
    case SeriesStyle::bars:
      return fmt::format(
          "set object rectangle from screen {:.6f},{:.6f} to screen {:.6f},{:.6f} front "
          "fillcolor {} fillstyle transparent solid {} noborder\n",
          place.left, place.bottom, place.right, place.top, rgb,
          item.style == SeriesStyle::band ? kBandOpacity : kBarOpacity);
    case SeriesStyle::points:
    case SeriesStyle::cloud:
    case SeriesStyle::error_bars: {
      auto sample =
          fmt::format("set label '' at screen {:.6f},{:.6f} point {} linecolor {} front\n",
                      (place.left + place.right) / 2, place.middle,
                      item.style == SeriesStyle::cloud ? kCloudLook : points_look(item.colour), rgb);
      if (item.style == SeriesStyle::error_bars) {
        sample += fmt::format(
            "set arrow from screen {0:.6f},{1:.6f} to screen {0:.6f},{2:.6f} nohead front "
            "linewidth 1.2 linecolor {3}\n",
            (place.left + place.right) / 2, place.bottom, place.top, rgb);
      }
      return sample;
    }
    default:
      return fmt::format(
          "set arrow from screen {:.6f},{:.6f} to screen {:.6f},{:.6f} nohead front {} linecolor {}\n",
          place.left, place.middle, place.right, place.middle, line_look(item.style, item.colour), rgb);
  }
}

}  // namespace reprise::reporting
