#include "pipeline/report/svg.hpp"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string_view>

#include "pipeline/report/escape.hpp"
#include "pipeline/report/palette.hpp"

namespace reprise::reporting {
namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  std::string out;
  std::size_t at = 0;
  for (auto found = text.find(from); found != std::string::npos; found = text.find(from, at)) {
    out.append(text, at, found - at);
    out += to;
    at = found + from.size();
  }
  text = out.append(text, at);
}

/// Cuts every piece that starts with `begin` and ends with `end`, both included.
void cut_all(std::string& text, std::string_view begin, std::string_view end) {
  for (auto from = text.find(begin); from != std::string::npos; from = text.find(begin, from)) {
    const auto to = text.find(end, from + begin.size());
    if (to == std::string::npos) return;
    text.erase(from, to + end.size() - from);
  }
}

/// gnuplot opens a group at every change of a pen, also when nothing is drawn with it.
void drop_empty_groups(std::string& text) {
  std::string out;
  std::size_t at = 0;
  for (auto found = text.find("\n</g>"); found != std::string::npos; found = text.find("\n</g>", found + 1)) {
    const auto line = text.rfind('\n', found - 1);
    if (line == std::string::npos || line < at) continue;
    const std::string_view opening(text.data() + line + 1, found - line - 1);
    if (!opening.starts_with("<g fill=") || opening.find('<', 1) != std::string_view::npos) continue;
    out.append(text, at, line + 1 - at);
    at = found + 5;
    if (at < text.size() && text[at] == '\n') ++at;
  }
  text = out.append(text, at);
}

/// The paper under everything: gnuplot keeps the one of an earlier drawing.
void drop_background(std::string& text) {
  const auto from = text.find("<rect x=\"0\" y=\"0\"");
  if (from != std::string::npos) text.erase(from, text.find("/>", from) + 2 - from);
}

/// The page's variable for each of our colours, by red, green, blue.
std::map<unsigned long, std::string> page_colours() {
  std::map<unsigned long, std::string> colours;
  const auto value = [](std::string_view hex) { return std::strtoul(hex.data() + 1, nullptr, 16); };
  for (std::size_t i = 0; i < kPalette.size(); ++i) {
    colours[value(kPalette[i].light)] = fmt::format("var(--series-{})", i);
  }
  colours[0] = "currentColor";
  colours[value(kGridColour)] = "var(--grid)";
  colours[value(kMarkColour)] = "var(--mark)";
  return colours;
}

/// The colour in "rgb( 12,  0, 255)" at `at`, and the place after it.
std::pair<unsigned long, std::size_t> read_rgb(const std::string& text, std::size_t at) {
  unsigned long colour = 0;
  const char* next = text.c_str() + at + 4;
  for (int i = 0; i < 3; ++i) {
    char* end = nullptr;
    colour = colour * 256 + std::strtoul(next, &end, 10);
    next = end + 1;
  }
  return {colour, static_cast<std::size_t>(next - text.c_str())};
}

/// Turns `stroke='rgb(…)'` (and fill, color) into `style='stroke:var(…)'` where the page has a variable.
void take_page_colours(std::string& text) {
  const auto colours = page_colours();
  std::string out;
  std::size_t at = 0;
  for (auto found = text.find("rgb("); found != std::string::npos; found = text.find("rgb(", found + 1)) {
    const char quote = text[found - 1];
    if (quote != '\'' && quote != '"') continue;
    auto equals = text.find_last_not_of(' ', found - 2);
    if (equals == std::string::npos || text[equals] != '=') continue;
    const auto last = text.find_last_not_of(' ', equals - 1);
    auto first = last;
    while (first > 0 && std::isalpha(static_cast<unsigned char>(text[first - 1])) != 0) --first;
    const auto [colour, end] = read_rgb(text, found);
    const auto variable = colours.find(colour);
    if (variable == colours.end()) continue;
    out.append(text, at, first - at);
    out +=
        fmt::format("style={}{}:{}{}", quote, text.substr(first, last + 1 - first), variable->second, quote);
    at = end + 1;
  }
  text = out.append(text, at);
}

/// gnuplot's groups of plots get the labels of our series; browsers show them when pointed at.
void name_series(std::string& text, const std::vector<std::string>& labels) {
  std::size_t at = 0;
  for (std::size_t i = 0;; ++i) {
    constexpr std::string_view kEnd = "</title>";
    const auto begin = text.find("<g id=\"gnuplot_plot_", at);
    if (begin == std::string::npos) return;
    const auto end = text.find(kEnd, begin);
    if (end == std::string::npos) return;
    const auto title =
        i < labels.size() && !labels[i].empty() ? "<title>" + html(labels[i]) + "</title>" : "";
    const auto opening = "<g class=\"series\">" + title;
    text.replace(begin, end + kEnd.size() - begin, opening);
    at = begin + opening.size();
  }
}

/// What stands between the svg element's opening tag and its end, without gnuplot's own title, and its
/// viewBox.
struct Parts {
  std::string view_box;
  std::string body;
};
Parts parts_of(const std::string& svg) {
  constexpr std::string_view kDescEnd = "</desc>";
  const auto box = svg.find("viewBox=\"");
  const auto body = svg.find(kDescEnd);
  const auto end = svg.rfind("</svg>");
  if (box == std::string::npos || body == std::string::npos || end == std::string::npos || end < body) {
    throw std::runtime_error("gnuplot's SVG is not whole");
  }
  const auto box_end = svg.find('"', box + 9);
  return {svg.substr(box + 9, box_end - box - 9),
          svg.substr(body + kDescEnd.size(), end - body - kDescEnd.size())};
}

}  // namespace

std::string page_svg(const std::string& gnuplot_svg, const SvgNames& names) {
  auto [view_box, body] = parts_of(gnuplot_svg);
  const auto defined = body.find("</defs>");  // the definitions use one another
  if (defined != std::string::npos && body.find("<use ", defined) == std::string::npos) {
    cut_all(body, "<defs>", "</defs>");
  } else {
    cut_all(body, "<filter", "</filter>");
  }
  drop_background(body);
  name_series(body, names.series);
  drop_empty_groups(body);
  replace_all(body, " id=\"gnuplot_canvas\"", "");
  replace_all(body, " shape-rendering='crispEdges'", "");
  replace_all(body, "id='gp", "id='" + names.id + "-gp");
  replace_all(body, "href='#gp", "href='#" + names.id + "-gp");
  replace_all(body, "font-family=\"DejaVu Sans\" font-size=\"12.00\" ", "class=\"label\"");
  take_page_colours(body);
  for (const std::string attribute : {"stroke", "fill", "color"}) {
    for (const std::string quote : {"'", "\""}) {
      replace_all(body, attribute + "=" + quote + "black" + quote,
                  attribute + "=" + quote + "currentColor" + quote);
    }
  }
  return fmt::format(
      "<svg class=\"plot\" viewBox=\"{0}\" role=\"img\" aria-labelledby=\"{1}-title {1}-desc\">"
      "<title id=\"{1}-title\">{2}</title><desc id=\"{1}-desc\">{3}</desc>{4}</svg>",
      view_box, names.id, html(names.title), html(names.description), body);
}

std::string file_svg(const std::string& gnuplot_svg, const SvgNames& names) {
  auto [view_box, body] = parts_of(gnuplot_svg);
  name_series(body, names.series);
  drop_empty_groups(body);
  cut_all(body, "<filter", "</filter>");
  const auto head = gnuplot_svg.substr(0, gnuplot_svg.find("<title>"));
  const auto opening = head.find("<svg");
  return fmt::format(
      "{0}<svg role=\"img\" aria-labelledby=\"title desc\"{1}<title id=\"title\">{2}</title>\n"
      "<desc id=\"desc\">{3}</desc>\n"
      "<style>text {{ font-family: 'DejaVu Sans', Verdana, sans-serif; paint-order: stroke; stroke: #fff; "
      "stroke-width: 3px; stroke-linejoin: round }}</style>{4}</svg>\n",
      head.substr(0, opening), head.substr(opening + 4), html(names.title), html(names.description), body);
}

}  // namespace reprise::reporting
