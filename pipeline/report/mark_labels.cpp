#include "pipeline/report/mark_labels.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

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

/// How much of the data `box` hides: segments of lines count by samples along them, error bars by their ends,
/// a vertical mark as one point.
std::size_t hidden_data(const Panel& panel, const PanelLayout& layout, const Box& box) {
  constexpr int kSamples = 8;
  std::size_t hidden = 0;
  for (const auto& series : panel.series) {
    const std::size_t count = std::min(series.x.size(), series.y.size());
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t j = i + 1 < count ? i + 1 : i;
      const double x0 = pixel_x(layout, series.x[i]), x1 = pixel_x(layout, series.x[j]);
      const double y0 = pixel_y(layout, series.y[i]), y1 = pixel_y(layout, series.y[j]);
      const bool joined = series.style != SeriesStyle::points && series.style != SeriesStyle::error_bars &&
                          series.style != SeriesStyle::cloud;
      for (int sample = 0; sample < (joined ? kSamples : 1); ++sample) {
        const double t = static_cast<double>(sample) / kSamples;
        const Box point{x0 + t * (x1 - x0) - 2, y0 + t * (y1 - y0) - 2, 4, 4};
        hidden += overlap(point, box) ? 1U : 0U;  // false for NaN
      }
      if (i < series.error.size() && series.style == SeriesStyle::error_bars) {
        const double top = pixel_y(layout, series.y[i] + series.error[i]);
        const double bottom = pixel_y(layout, series.y[i] - series.error[i]);
        hidden += overlap({x0 - 3, top, 6, bottom - top}, box) ? 1U : 0U;
      }
    }
  }
  for (const auto& mark : panel.marks) {
    if (!mark.vertical || !within(layout.x, mark.at)) continue;
    hidden += overlap({pixel_x(layout, mark.at) - 1, layout.plot.y, 2, layout.plot.height}, box) ? 1U : 0U;
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

std::vector<PlacedText> annotation_labels(const Panel& panel, const PanelLayout& layout) {
  constexpr double kInside = 5;  // pixels from the axes
  const auto& plot = layout.plot;
  std::vector<PlacedText> labels;
  for (const auto& annotation : panel.annotations) {
    if (!within(layout.x, annotation.x) || !within(layout.y, annotation.y)) continue;
    const double half = text_width(annotation.text) / 2;
    const double right = plot.x + plot.width - half;
    const double bottom = plot.y + plot.height - kLineHeight / 2 - kInside;
    const double x = std::max(plot.x + half + kInside, std::min(pixel_x(layout, annotation.x), right));
    const double y = std::max(plot.y + kLineHeight / 2, std::min(pixel_y(layout, annotation.y), bottom));
    labels.push_back({x, y, annotation.text});
  }
  return labels;
}

std::vector<PlacedText> horizontal_mark_labels(const Panel& panel, const PanelLayout& layout) {
  constexpr int kPlaces = 12;              // tried along a line, from its right end
  constexpr std::size_t kNever = 1000000;  // outranks any data
  std::vector<Box> taken;
  for (const auto& word : annotation_labels(panel, layout)) {
    const double width = text_width(word.text);
    taken.push_back({word.x - width / 2, word.y - 8, width, 16});
  }
  std::vector<PlacedText> labels;
  for (const auto& mark : panel.marks) {
    if (mark.vertical || mark.label.empty() || !within(layout.y, mark.at)) continue;
    const double y = pixel_y(layout, mark.at);
    const double width = text_width(mark.label);
    const double left = layout.plot.x + 6;
    const double right = std::max(left, layout.plot.x + layout.plot.width - 4 - width);
    Box best;
    std::size_t least = std::numeric_limits<std::size_t>::max();
    for (int place = 0; place < kPlaces; ++place) {
      for (const bool above : {true, false}) {
        const Box box{right - (right - left) * place / (kPlaces - 1), above ? y - 16 : y + 2, width, 14};
        const bool outside =
            box.y < layout.plot.y - 6 || box.y + box.height > layout.plot.y + layout.plot.height;
        const bool clash =
            std::any_of(taken.begin(), taken.end(), [&](const Box& each) { return overlap(box, each); });
        const auto cost = (outside || clash ? kNever : 0) + hidden_data(panel, layout, box);
        if (cost < least) {
          least = cost;
          best = box;
        }
      }
    }
    taken.push_back(best);
    labels.push_back({best.x + width / 2, best.y + 7, mark.label, Align::centre, false, true});
  }
  return labels;
}

}  // namespace reprise::reporting
