#include "pipeline/report/panel_layout.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "pipeline/report/escape.hpp"
#include "pipeline/report/format.hpp"
#include "pipeline/report/mark_labels.hpp"

namespace reprise::reporting {
namespace {

constexpr double kEdge = 8;         // free at the drawing's edges
constexpr double kTickToLabel = 7;  // from the axis to its tick labels
constexpr double kSlant = 0.5;      // height of slanted tick labels by their length
constexpr double kPixelsPerTickX = 62;
constexpr double kPixelsPerTickY = 40;

BarGroups bar_groups(const Panel& panel) {
  BarGroups groups;
  std::set<double> places;
  for (const auto& series : panel.series) {
    if (series.style != SeriesStyle::bars) continue;
    ++groups.count;
    for (const double x : series.x) {
      if (std::isfinite(x) && (!panel.x.log || x > 0)) places.insert(panel.x.log ? std::log10(x) : x);
    }
  }
  double gap = std::numeric_limits<double>::infinity();
  for (auto next = places.begin(); next != places.end(); ++next) {
    if (next != places.begin()) gap = std::min(gap, *next - *std::prev(next));
  }
  if (std::isfinite(gap) && gap > 0) groups.gap = gap;
  return groups;
}

Extent x_extent(const Panel& panel, const BarGroups& groups) {
  Extent extent;
  for (const auto& series : panel.series) {
    for (const double x : series.x) {
      if (series.style == SeriesStyle::bars) {
        const double half = groups.gap / 2;
        extent.add(panel.x.log ? x * std::pow(10.0, -half) : x - half, panel.x.log);
        extent.add(panel.x.log ? x * std::pow(10.0, half) : x + half, panel.x.log);
      } else {
        extent.add(x, panel.x.log);
      }
    }
  }
  for (const auto& mark : panel.marks) {
    if (mark.vertical) extent.add(mark.at, panel.x.log);
  }
  for (const auto& annotation : panel.annotations) extent.add(annotation.x, panel.x.log);
  return extent;
}

Extent y_extent(const Panel& panel) {
  Extent extent;
  for (const auto& series : panel.series) {
    const bool errors = series.style == SeriesStyle::error_bars || series.style == SeriesStyle::bars;
    for (std::size_t i = 0; i < series.y.size(); ++i) {
      extent.add(series.y[i], panel.y.log);
      if (errors && i < series.error.size() && std::isfinite(series.error[i])) {
        extent.add(series.y[i] - series.error[i], panel.y.log);
        extent.add(series.y[i] + series.error[i], panel.y.log);
      }
      if (series.style == SeriesStyle::band && i < series.upper.size()) {
        extent.add(series.upper[i], panel.y.log);
      }
    }
  }
  for (const auto& mark : panel.marks) {
    if (!mark.vertical) extent.add(mark.at, panel.y.log);
  }
  const Extent data = extent;
  for (const auto& annotation : panel.annotations) {  // with room for the word around it
    extent.add(annotation.y, panel.y.log);
    if (data.empty) continue;
    const double room =
        panel.y.log ? std::pow(data.greatest / data.least, 0.06) : 0.06 * (data.greatest - data.least);
    extent.add(panel.y.log ? annotation.y / room : annotation.y - room, panel.y.log);
    extent.add(panel.y.log ? annotation.y * room : annotation.y + room, panel.y.log);
  }
  return extent;
}

double widest(const std::vector<Tick>& ticks) {
  double width = 0;
  for (const auto& tick : ticks) width = std::max(width, text_width(tick.label));
  return width;
}

int ticks_in(double pixels, double each) {
  return std::max(3, static_cast<int>(pixels / each));
}

}  // namespace

double text_width(std::string_view text) {
  return 0.6 * kFontSize * static_cast<double>(length_utf8(text));
}

std::vector<std::string> wrap(const std::string& text, double width) {
  std::vector<std::string> lines;
  std::string line;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto space = std::min(text.find(' ', at), text.size());
    const auto word = text.substr(at, space - at);
    if (!line.empty() && text_width(line + " " + word) > width) {
      lines.push_back(line);
      line.clear();
    }
    if (!word.empty()) line += (line.empty() ? "" : " ") + word;
    at = space + 1;
  }
  if (!line.empty()) lines.push_back(line);
  return lines;
}

PanelLayout lay_out(const Panel& panel, const Box& canvas, bool with_title) {
  PanelLayout layout;
  layout.bars = bar_groups(panel);
  const bool bars = layout.bars.count > 0;
  layout.y = make_scale(panel.y, y_extent(panel), ticks_in(canvas.height - 60, kPixelsPerTickY), bars);
  layout.x = make_scale(panel.x, x_extent(panel, layout.bars), ticks_in(canvas.width - 70, kPixelsPerTickX));

  const auto y_label = wrap(with_unit(panel.y.label, panel.y.unit), canvas.height - 60);
  const auto lines = [](std::size_t count) { return static_cast<double>(count) * kLineHeight; };
  const double left = kEdge + lines(y_label.size()) + widest(layout.y.ticks) + kTickToLabel;
  const double last_tick = layout.x.ticks.empty() ? 0 : text_width(layout.x.ticks.back().label) / 2;
  double right = std::max(kEdge + 4, std::min(last_tick, 40.0) + 2);
  const double width = canvas.width - left - right;

  double spacing = width / std::max<double>(1, static_cast<double>(layout.x.ticks.size()));
  layout.slanted_ticks = !panel.x.ticks.empty() && widest(layout.x.ticks) + 6 > spacing;
  if (layout.slanted_ticks) right = kEdge + 4;
  const double tick_height =
      layout.slanted_ticks ? kSlant * widest(layout.x.ticks) + kLineHeight : kLineHeight;

  const auto title = with_title ? wrap(panel.title, canvas.width - 16) : std::vector<std::string>{};
  const auto x_label = wrap(with_unit(panel.x.label, panel.x.unit), width);
  const auto marks = vertical_mark_labels(panel, layout.x, canvas.x + left, canvas.width - left - right,
                                          canvas.x + canvas.width - 2);
  const double top = kEdge + lines(title.size()) + lines(marks.rows) + (marks.rows > 0 ? 2 : 0);
  const double bottom = kTickToLabel + 4 + tick_height + lines(x_label.size()) + kEdge / 2;
  layout.plot = {canvas.x + left, canvas.y + top, canvas.width - left - right, canvas.height - top - bottom};

  const double middle = layout.plot.x + layout.plot.width / 2;
  for (std::size_t i = 0; i < title.size(); ++i) {
    layout.texts.push_back({canvas.x + canvas.width / 2, canvas.y + kEdge + lines(i) + 4, title[i]});
  }
  for (std::size_t i = 0; i < x_label.size(); ++i) {
    const double y = layout.plot.y + layout.plot.height + kTickToLabel + tick_height + lines(i) + 13;
    layout.texts.push_back({middle, y, x_label[i]});
  }
  for (std::size_t i = 0; i < y_label.size(); ++i) {
    const double y = layout.plot.y + layout.plot.height / 2;
    layout.texts.push_back({canvas.x + kEdge / 2 + 7 + lines(i), y, y_label[i], Align::centre, true});
  }
  for (auto label : marks.labels) {
    label.y = layout.plot.y - 9 - label.y * kLineHeight;
    layout.texts.push_back(std::move(label));
  }
  if (y_extent(panel).empty) {
    layout.texts.push_back({middle, layout.plot.y + layout.plot.height / 2, "nothing to show yet"});
  }
  for (auto& word : annotation_labels(panel, layout)) layout.texts.push_back(std::move(word));
  for (auto& label : horizontal_mark_labels(panel, layout)) layout.texts.push_back(std::move(label));
  return layout;
}

}  // namespace reprise::reporting
