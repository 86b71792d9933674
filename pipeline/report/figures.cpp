#include "pipeline/report/figures.hpp"

#include <fmt/format.h>

#include <fstream>
#include <optional>
#include <sstream>

#include "pipeline/report/escape.hpp"
#include "pipeline/report/figure_script.hpp"
#include "pipeline/report/gnuplot.hpp"
#include "pipeline/report/plot_commands.hpp"
#include "pipeline/report/scratch_folder.hpp"
#include "pipeline/report/svg.hpp"

namespace reprise::reporting {
namespace {

namespace fs = std::filesystem;

std::string panel_file(const std::string& name, std::size_t panel) {
  return fmt::format("{}.panel{}.svg", name, panel);
}

std::string script_of(const NamedFigure& named) {
  const auto plan = plan_figure(*named.figure);
  auto script = whole_figure_script(plan, Canvas::Format::svg, named.name + ".svg") +
                whole_figure_script(plan, Canvas::Format::pdf, named.name + ".pdf");
  for (std::size_t i = 0; i < named.figure->panels.size(); ++i) {
    script += panel_script(plan, i, panel_file(named.name, i));
  }
  return script;
}

/// The file's text; nothing if it is missing or gnuplot stopped in its middle.
std::optional<std::string> finished_svg(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::ostringstream text;
  text << file.rdbuf();
  auto svg = text.str();
  if (svg.find("</svg>") == std::string::npos) return std::nullopt;
  return svg;
}

bool finished(const NamedFigure& named, const fs::path& scratch) {
  if (!finished_svg(scratch / (named.name + ".svg")) || !fs::exists(scratch / (named.name + ".pdf")))
    return false;
  for (std::size_t i = 0; i < named.figure->panels.size(); ++i) {
    if (!finished_svg(scratch / panel_file(named.name, i))) return false;
  }
  return true;
}

std::string description_of(const Figure& figure, const Panel& panel) {
  std::string text = figure.caption.empty() ? "" : figure.caption + " ";
  text += fmt::format("Horizontal: {}; vertical: {}.", panel.x.label, panel.y.label);
  for (const auto& series : panel.series) {
    if (!series.label.empty()) text += " Shown: " + series.label + ".";
  }
  return text;
}

DrawnFigure collect(const NamedFigure& named, const fs::path& scratch, const fs::path& folder) {
  const auto& figure = *named.figure;
  DrawnFigure drawn;
  SvgNames whole{named.name, figure.title, figure.caption, {}};
  for (std::size_t i = 0; i < figure.panels.size(); ++i) {
    const auto& panel = figure.panels[i];
    const auto title = panel.title.empty() ? figure.title : figure.title + ": " + panel.title;
    const SvgNames names{fmt::format("{}-{}", named.name, i), title, description_of(figure, panel),
                         plot_labels(panel)};
    whole.series.insert(whole.series.end(), names.series.begin(), names.series.end());
    drawn.panels.push_back(page_svg(*finished_svg(scratch / panel_file(named.name, i)), names));
  }
  std::ofstream file(folder / (named.name + ".svg"), std::ios::binary);
  file << file_svg(*finished_svg(scratch / (named.name + ".svg")), whole);
  if (!file.flush())
    throw std::runtime_error(fmt::format("can't write {}.svg", (folder / named.name).string()));
  fs::copy_file(scratch / (named.name + ".pdf"), folder / (named.name + ".pdf"),
                fs::copy_options::overwrite_existing);
  return drawn;
}

std::string first_lines(const std::string& messages) {
  return clean_utf8(messages.substr(0, 400));
}

}  // namespace

std::vector<DrawnFigure> draw_figures(const std::vector<NamedFigure>& figures, const fs::path& folder,
                                      const std::string& gnuplot) {
  std::vector<DrawnFigure> drawn(figures.size());
  if (figures.empty()) return drawn;
  const ScratchFolder scratch(folder / ".gnuplot");
  try {
    std::string script;
    for (const auto& each : figures) {
      if (!each.figure->panels.empty()) script += script_of(each);
    }
    run_gnuplot(gnuplot, script, scratch.path());
    for (std::size_t i = 0; i < figures.size(); ++i) {
      if (figures[i].figure->panels.empty()) {
        drawn[i].problem = "It has no panels.";
        continue;
      }
      GnuplotOutcome again;
      if (!finished(figures[i], scratch.path()))
        again = run_gnuplot(gnuplot, script_of(figures[i]), scratch.path());
      if (finished(figures[i], scratch.path())) {
        drawn[i] = collect(figures[i], scratch.path(), folder);
      } else {
        drawn[i].problem = "gnuplot could not draw it: " + first_lines(again.messages);
      }
    }
  } catch (const GnuplotMissing& missing) {
    for (auto& each : drawn) {
      if (each.panels.empty()) each.problem = missing.what();
    }
  }
  return drawn;
}

}  // namespace reprise::reporting
