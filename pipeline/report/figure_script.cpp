#include "pipeline/report/figure_script.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "pipeline/report/escape.hpp"
#include "pipeline/report/palette.hpp"
#include "pipeline/report/panel_layout.hpp"
#include "pipeline/report/plot_commands.hpp"

namespace reprise::reporting {
namespace {

constexpr double kPixelsPerInch = 96;
constexpr double kLegendTop = 6;  // free above a legend

/// Pixels to gnuplot's screen coordinates, which start at the lower left.
struct Screen {
  double width;
  double height;
  double x(double pixels) const { return pixels / width; }
  double y(double pixels) const { return 1 - pixels / height; }
};

std::string terminal(const Canvas& canvas) {
  const bool svg = canvas.format == Canvas::Format::svg;
  const auto head =
      svg ? fmt::format("set terminal svg noenhanced size {:.0f},{:.0f} font 'DejaVu Sans,{}'", canvas.width,
                        canvas.height, kFontSize)
          : fmt::format(
                "set terminal pdfcairo noenhanced size {:.4f}in,{:.4f}in fontscale 0.8 linewidth 1.6 "
                "font 'DejaVu Sans,{}'",
                canvas.width / kPixelsPerInch, canvas.height / kPixelsPerInch,
                kFontSize * 72 / kPixelsPerInch);
  const auto paper = svg && canvas.white ? " background rgb 'white'" : "";
  return fmt::format("{}{}\nset output {}\n", head, paper, gnuplot_string(canvas.file));
}

std::string text_command(const PlacedText& text, const Screen& screen) {
  static constexpr std::string_view align[] = {"left", "center", "right"};
  return fmt::format("set label {} at screen {:.6f},{:.6f} {}{}{} front\n", gnuplot_string(text.text),
                     screen.x(text.x), screen.y(text.y), align[static_cast<std::size_t>(text.align)],
                     text.upright ? " rotate by 90" : "",
                     text.quiet ? fmt::format(" textcolor rgb '{}'", kMarkColour) : "");
}

std::string tick_command(char axis, const Scale& scale, bool slanted) {
  std::string places;
  for (const auto& tick : scale.ticks) {
    places += fmt::format("{}{} {:.12g}", places.empty() ? "" : ", ", gnuplot_string(tick.label), tick.at);
  }
  for (const double minor : scale.minor)
    places += fmt::format("{}'' {:.12g} 1", places.empty() ? "" : ", ", minor);
  return fmt::format("set {0}range [{1:.12g}:{2:.12g}]\n{3}set {0}tics nomirror scale 0.6,0.35{4} ({5})\n",
                     axis, scale.from, scale.to, scale.log ? fmt::format("set logscale {}\n", axis) : "",
                     slanted ? " rotate by 35 right" : "", places);
}

std::string mark_commands(const Panel& panel, const PanelLayout& layout) {
  std::string commands;
  for (const auto& mark : panel.marks) {
    const auto& scale = mark.vertical ? layout.x : layout.y;
    const double place = scale.log && mark.at <= 0 ? -1 : scale.position(mark.at);
    if (!(place >= 0 && place <= 1)) continue;
    const auto at = fmt::format("{:.12g}", mark.at);
    commands += mark.vertical ? fmt::format("set arrow from first {0}, graph 0 to first {0}, graph 1", at)
                              : fmt::format("set arrow from graph 0, first {0} to graph 1, first {0}", at);
    commands += fmt::format(" nohead linewidth 1 dashtype (5,3) linecolor rgb '{}'\n", kMarkColour);
  }
  return commands;
}

std::string legend_commands(const std::vector<PlacedItem>& placed, double left, double top,
                            const Screen& screen) {
  std::string commands;
  for (const auto& [item, x, row] : placed) {
    const double from = left + x;
    const double y = top + kLegendTop + kLineHeight * (static_cast<double>(row) + 0.5);
    commands += sample_command(
        item, {screen.x(from), screen.x(from + kSampleWidth), screen.y(y), screen.y(y - 5), screen.y(y + 5)});
    commands += text_command({from + kSampleWidth + 6, y, item.label, Align::left}, screen);
  }
  return commands;
}

std::string draw_panel(const FigurePlan& plan, std::size_t index, const Box& canvas, const Screen& screen,
                       bool with_title, const std::string& more) {
  const auto& panel = plan.figure->panels[index];
  const auto layout = lay_out(panel, canvas, with_title);
  const auto& plot = layout.plot;
  std::string script =
      "reset\nset encoding utf8\nunset key\nset border 3 linewidth 1 linecolor rgb 'black'\n";
  script += "set pointintervalbox 0\nset clip one\nset clip two\nset samples 2\n";
  script += fmt::format("set grid {} ytics linetype 1 linecolor rgb '{}' linewidth 0.8 back\n",
                        layout.bars.count > 0 ? "noxtics" : "xtics", kGridColour);
  script += fmt::format("set lmargin at screen {:.6f}\nset rmargin at screen {:.6f}\n", screen.x(plot.x),
                        screen.x(plot.x + plot.width));
  script += fmt::format("set tmargin at screen {:.6f}\nset bmargin at screen {:.6f}\n", screen.y(plot.y),
                        screen.y(plot.y + plot.height));
  script += tick_command('x', layout.x, layout.slanted_ticks);
  script += tick_command('y', layout.y, false);
  for (const auto& text : layout.texts) script += text_command(text, screen);
  script += mark_commands(panel, layout);
  script += more;
  return script + plot_commands(panel, layout, plan.colours[index], index);
}

std::size_t across(const Figure& figure) {
  const auto most = std::max<std::size_t>(1, figure.panels.size());
  return std::clamp<std::size_t>(static_cast<std::size_t>(std::max(1, figure.panels_across)), 1, most);
}

}  // namespace

FigurePlan plan_figure(const Figure& figure) {
  FigurePlan plan;
  plan.figure = &figure;
  plan.colours = series_colours(figure);
  plan.legend = figure_legend(figure, plan.colours);
  const auto columns = across(figure);
  plan.panel_width = columns <= 2 ? 430 : columns == 3 ? 340 : 290;
  plan.panel_height = columns <= 2 ? 300 : columns == 3 ? 265 : 240;
  return plan;
}

std::string whole_figure_script(const FigurePlan& plan, Canvas::Format format, const std::string& file) {
  const auto& figure = *plan.figure;
  const std::size_t columns = across(figure);
  const std::size_t rows = (figure.panels.size() + columns - 1) / columns;
  const double width = plan.panel_width * static_cast<double>(columns);
  const auto legend_height = [](const std::vector<PlacedItem>& placed) {
    return placed.empty() ? 0 : kLegendTop + kLineHeight * static_cast<double>(rows_of(placed)) + 4;
  };

  // Panels of a row share a height: the tallest legend and title decide.
  std::vector<std::vector<PlacedItem>> legends;
  double tallest = 0;
  double title = 0;
  for (std::size_t i = 0; i < figure.panels.size(); ++i) {
    legends.push_back(flow(plan.legend.panels[i], plan.panel_width - 20));
    tallest = std::max(tallest, legend_height(legends.back()));
    const auto lines = wrap(figure.panels[i].title, plan.panel_width - 16).size();
    title = std::max(title, kLineHeight * static_cast<double>(lines));
  }
  const auto shared = flow(plan.legend.shared, width - 20);
  const double cell = plan.panel_height + title + tallest;
  const double height = cell * static_cast<double>(rows) + legend_height(shared);
  const Screen screen{width, height};

  auto script = terminal({format, file, width, height});
  script += "set multiplot\n";
  for (std::size_t i = 0; i < figure.panels.size(); ++i) {
    const double x = plan.panel_width * static_cast<double>(i % columns);
    const double y = cell * static_cast<double>(i / columns);
    const Box box{x, y, plan.panel_width, cell - tallest};
    auto more = legend_commands(legends[i], x + 10, y + cell - tallest, screen);
    if (i == 0) more += legend_commands(shared, 10, cell * static_cast<double>(rows), screen);
    script += draw_panel(plan, i, box, screen, true, more);
  }
  return script + "unset multiplot\nunset output\n";
}

std::string panel_script(const FigurePlan& plan, std::size_t panel, const std::string& file) {
  const Screen screen{plan.panel_width, plan.panel_height};
  auto script = terminal({Canvas::Format::svg, file, plan.panel_width, plan.panel_height, false});
  script += draw_panel(plan, panel, {0, 0, plan.panel_width, plan.panel_height}, screen, false, "");
  return script + "unset output\n";
}

}  // namespace reprise::reporting
