#include "pipeline/report/mark_labels.hpp"

#include <algorithm>
#include <cmath>

namespace reprise::reporting {
namespace {

bool overlap(const Box& a, const Box& b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

bool within(const Scale& scale, double value) {
  const double place = scale.log && value <= 0 ? -1 : scale.position(value);
  return place >= 0 && place <= 1;
}

double pixel_x(const PanelLayout& layout, double value) {
  return layout.plot.x + layout.x.position(value) * layout.plot.width;
}

double pixel_y(const PanelLayout& layout, double value) {
  return layout.plot.y + (1 - layout.y.position(value)) * layout.plot.height;
}

/// How much of the data `box` hides: segments of lines count by samples along them.
std::size_t hidden_data(const Panel& panel, const PanelLayout& layout, const Box& box) {
  constexpr int kSamples = 8;
  std::size_t hidden = 0;
  for (const auto& series : panel.series) {
    const std::size_t count = std::min(series.x.size(), series.y.size());
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t j = i + 1 < count ? i + 1 : i;
      const double x0 = pixel_x(layout, series.x[i]), x1 = pixel_x(layout, series.x[j]);
      const double y0 = pixel_y(layout, series.y[i]), y1 = pixel_y(layout, series.y[j]);
      const bool joined = series.style != SeriesStyle::points && series.style != SeriesStyle::error_bars;
      for (int sample = 0; sample < (joined ? kSamples : 1); ++sample) {
        const double t = static_cast<double>(sample) / kSamples;
        const Box point{x0 + t * (x1 - x0) - 2, y0 + t * (y1 - y0) - 2, 4, 4};
        hidden += overlap(point, box) ? 1U : 0U;  // false for NaN
      }
    }
  }
  return hidden;
}

}  // namespace

MarkRows vertical_mark_labels(const Panel& panel, const Scale& x, double plot_left, double plot_width,
                              double right_limit) {
  std::vector<const Mark*> marks;
  for (const auto& mark : panel.marks) {
    if (mark.vertical && !mark.label.empty() && within(x, mark.at)) marks.push_back(&mark);
  }
  std::sort(marks.begin(), marks.end(), [](const Mark* a, const Mark* b) { return a->at < b->at; });

  MarkRows placed;
  std::vector<double> row_end;  // where the last label of each row ends
  for (const auto* mark : marks) {
    const double half = text_width(mark->label) / 2;
    const double at = plot_left + x.position(mark->at) * plot_width;
    const double centre = std::max(half + 2, std::min(at, right_limit - half));
    std::size_t row = 0;
    while (row < row_end.size() && row_end[row] + 8 > centre - half) ++row;
    if (row == row_end.size()) row_end.push_back(0);
    row_end[row] = centre + half;
    placed.labels.push_back({centre, static_cast<double>(row), mark->label, Align::centre, false, true});
  }
  placed.rows = row_end.size();
  return placed;
}

std::vector<PlacedText> horizontal_mark_labels(const Panel& panel, const PanelLayout& layout) {
  std::vector<PlacedText> labels;
  std::vector<Box> taken;
  for (const auto& annotation : panel.annotations) {
    const double width = text_width(annotation.text);
    taken.push_back(
        {pixel_x(layout, annotation.x) - width / 2, pixel_y(layout, annotation.y) - 8, width, 16});
  }
  for (const auto& mark : panel.marks) {
    if (mark.vertical || mark.label.empty() || !within(layout.y, mark.at)) continue;
    const double y = pixel_y(layout, mark.at);
    const double width = text_width(mark.label);
    const double right = layout.plot.x + layout.plot.width - 4;
    struct Slot {
      Box box;
      Align align;
      std::size_t cost;
    };
    std::vector<Slot> slots;
    for (const bool above : {true, false}) {
      for (const auto align : {Align::right, Align::left, Align::centre}) {
        const double from = align == Align::right  ? right - width
                            : align == Align::left ? layout.plot.x + 6
                                                   : layout.plot.x + (layout.plot.width - width) / 2;
        const Box box{from, above ? y - 16 : y + 2, width, 14};
        const bool outside =
            box.y < layout.plot.y - 6 || box.y + box.height > layout.plot.y + layout.plot.height;
        const bool clash =
            std::any_of(taken.begin(), taken.end(), [&](const Box& other) { return overlap(box, other); });
        slots.push_back({box, align, (outside || clash ? 1000000U : 0U) + hidden_data(panel, layout, box)});
      }
    }
    const auto best = std::min_element(slots.begin(), slots.end(),
                                       [](const Slot& a, const Slot& b) { return a.cost < b.cost; });
    taken.push_back(best->box);
    const double x = best->align == Align::right  ? best->box.x + width
                     : best->align == Align::left ? best->box.x
                                                  : best->box.x + width / 2;
    labels.push_back({x, best->box.y + 7, mark.label, best->align, false, true});
  }
  return labels;
}

}  // namespace reprise::reporting
