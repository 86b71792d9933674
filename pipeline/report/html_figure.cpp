#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "pipeline/report/escape.hpp"
#include "pipeline/report/figure_script.hpp"
#include "pipeline/report/format.hpp"
#include "pipeline/report/html_parts.hpp"
#include "pipeline/report/palette.hpp"

namespace reprise::reporting {
namespace {

/// gnuplot's marker number `marker` around (14, 7), as plot_commands draws it.
std::string marker_shape(int marker) {
  switch (marker) {
    case 4:
      return "<rect x=\"10.5\" y=\"3.5\" width=\"7\" height=\"7\" fill=\"none\" class=\"stroke\"/>";
    case 5:
      return "<rect x=\"10.5\" y=\"3.5\" width=\"7\" height=\"7\" class=\"fill\"/>";
    case 6:
      return "<circle cx=\"14\" cy=\"7\" r=\"3.7\" fill=\"none\" class=\"stroke\"/>";
    case 8:
      return "<path d=\"M14 2.5L18.3 10H9.7Z\" fill=\"none\" class=\"stroke\"/>";
    case 9:
      return "<path d=\"M14 2.2L18.5 10H9.5Z\" class=\"fill\"/>";
    case 11:
      return "<path d=\"M14 11.8L18.5 4H9.5Z\" class=\"fill\"/>";
    case 13:
      return "<path d=\"M14 2.2L18.8 7L14 11.8L9.2 7Z\" class=\"fill\"/>";
    default:
      return "<circle cx=\"14\" cy=\"7\" r=\"4\" class=\"fill\"/>";
  }
}

std::string dashes(const LegendItem& item) {
  if (item.style == SeriesStyle::dashed) return " stroke-dasharray=\"7,4\"";
  if (item.style == SeriesStyle::dotted) return " stroke-dasharray=\"2,3\"";
  return static_cast<std::size_t>(item.colour) >= kPalette.size() ? " stroke-dasharray=\"9,3,2,3\"" : "";
}

std::string sample(const LegendItem& item) {
  std::string shape;
  switch (item.style) {
    case SeriesStyle::band:
      shape = "<rect x=\"1\" y=\"1\" width=\"26\" height=\"12\" class=\"fill\" fill-opacity=\"0.25\"/>";
      break;
    case SeriesStyle::bars:
      shape = "<rect x=\"3\" y=\"1\" width=\"22\" height=\"12\" class=\"fill\" fill-opacity=\"0.85\"/>";
      break;
    case SeriesStyle::error_bars:
      shape = "<path d=\"M14 0.5V13.5M11 0.5H17M11 13.5H17\" fill=\"none\" class=\"stroke\"/>";
      shape += marker_shape(marker_of(item.colour));
      break;
    case SeriesStyle::points:
      shape = marker_shape(marker_of(item.colour));
      break;
    case SeriesStyle::cloud:
      for (const auto& [x, y] : {std::pair{9, 9}, {13, 4}, {16, 9}, {20, 6}})
        shape += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"1.5\" class=\"fill\"/>", x, y);
      break;
    default:
      shape = fmt::format("<path d=\"M1 7H27\" class=\"stroke line\"{}/>", dashes(item));
  }
  return fmt::format(
      "<svg viewBox=\"0 0 28 14\" aria-hidden=\"true\" style=\"--series: var(--series-{})\">{}</svg>",
      palette_index(item.colour), shape);
}

std::string legend(const std::vector<LegendItem>& items) {
  if (items.empty()) return "";
  std::string list;
  for (const auto& item : items)
    list += fmt::format("<li>{}<span>{}</span></li>", sample(item), html(item.label));
  return "<ul class=\"legend\" aria-label=\"Legend\">" + list + "</ul>";
}

std::string drawing(const ShownFigure& shown) {
  const auto& figure = *shown.figure;
  if (shown.drawn.panels.empty()) {
    return fmt::format("<p class=\"notice unfinished\"><strong>Not drawn.</strong> {}</p>",
                       html(shown.drawn.problem));
  }
  const auto plan = plan_figure(figure);
  const auto most = static_cast<int>(std::max<std::size_t>(1, figure.panels.size()));
  const int across = std::clamp(figure.panels_across, 1, std::min(most, 4));
  std::string panels;
  for (std::size_t i = 0; i < figure.panels.size(); ++i) {
    const auto& title = figure.panels[i].title;
    const auto heading =
        title.empty() ? "<span></span>" : fmt::format("<p class=\"panel-title\">{}</p>", html(title));
    panels += "<div class=\"panel\">" + heading + shown.drawn.panels[i] + legend(plan.legend.panels[i]) +
              "</div>\n";
  }
  return fmt::format("<div class=\"panels across-{}\">\n{}</div>{}", across, panels,
                     legend(plan.legend.shared));
}

}  // namespace

std::string html_figure(const ShownFigure& shown, const ShownRun& run, Numbering& numbering) {
  const auto& figure = *shown.figure;
  std::string files;
  if (!shown.drawn.panels.empty()) {
    files =
        fmt::format("<a href=\"figures/{0}.svg\">SVG</a> <a href=\"figures/{0}.pdf\">PDF</a>", shown.name);
  }
  return fmt::format(
      "<figure class=\"chart\" id=\"{}\">{}\n<figcaption><strong>Figure {}. {}</strong> {} {} "
      "{}</figcaption></figure>\n",
      shown.name, drawing(shown), ++numbering.figures, html(sentence(figure.title)), html(figure.caption),
      html_scale(*run.run), files);
}

}  // namespace reprise::reporting
