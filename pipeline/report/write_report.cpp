#include "pipeline/report/write_report.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>

#include "pipeline/base/errors.hpp"
#include "pipeline/report/contents.hpp"
#include "pipeline/report/figures.hpp"
#include "pipeline/report/html.hpp"
#include "pipeline/report/markdown.hpp"
#include "pipeline/report/scratch_folder.hpp"
#include "pipeline/report/table_text.hpp"

namespace reprise {
namespace {

namespace fs = std::filesystem;
using namespace reporting;

void write_file(const fs::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) throw Error(fmt::format("can't write {}: {}", path.string(), std::strerror(errno)));
}

/// Draws every figure and notes in the contents what came of it.
void draw(Contents& contents, const fs::path& folder, const std::string& gnuplot) {
  std::vector<NamedFigure> named;
  std::vector<ShownFigure*> shown;
  for (auto& run : contents.runs) {
    for (auto& experiment : run.experiments) {
      for (auto& item : experiment.items) {
        if (auto* figure = std::get_if<ShownFigure>(&item)) {
          named.push_back({figure->name, figure->figure});
          shown.push_back(figure);
        }
      }
    }
  }
  auto drawn = draw_figures(named, folder, gnuplot);
  std::map<std::string, std::size_t> problems;
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    if (!drawn[i].problem.empty()) ++problems[drawn[i].problem];
    shown[i]->drawn = std::move(drawn[i]);
  }
  for (const auto& [problem, count] : problems) {
    contents.problems.push_back(fmt::format("{} of {} figures not drawn: {}", count, named.size(), problem));
  }
}

/// The scoreboard for LaTeX has the columns that fit a page.
Table for_print(Table scoreboard) {
  constexpr std::array<std::string_view, 5> kept{"paper", "claim", "published", "measured", "verdict"};
  std::erase_if(scoreboard.columns, [&](const Column& column) {
    return std::find(kept.begin(), kept.end(), column.name) == kept.end();
  });
  return scoreboard;
}

void write_tables(const Contents& contents, const fs::path& folder) {
  const auto scoreboard = scoreboard_table(contents);
  write_file(folder / "scoreboard.csv", csv_table(scoreboard));
  write_file(folder / "scoreboard.tex",
             latex_table(for_print(scoreboard), "scoreboard", contents.report->program_version));
  for (const auto& run : contents.runs) {
    for (const auto& experiment : run.experiments) {
      for (const auto& item : experiment.items) {
        const auto* shown = std::get_if<ShownTable>(&item);
        if (shown == nullptr) continue;
        auto table = *shown->table;
        if (!run.run->scale.empty()) table.caption += fmt::format(" ({} scale)", run.run->scale);
        write_file(folder / (shown->name + ".csv"), csv_table(table));
        write_file(folder / (shown->name + ".tex"),
                   latex_table(table, shown->name, source_line(run, experiment)));
      }
    }
  }
}

/// An empty folder, none, or an earlier report: anything else is somebody's files.
void expect_replaceable(const fs::path& out) {
  if (!fs::exists(out)) return;
  if (!fs::is_directory(out)) {
    throw UsageError(fmt::format("{} is a file: name a folder for the report", out.string()));
  }
  if (fs::is_empty(out)) return;
  std::string head(400, '\0');
  std::ifstream page(out / "index.html", std::ios::binary);
  page.read(head.data(), static_cast<std::streamsize>(head.size()));
  if (head.find(kGenerator) == std::string::npos) {
    throw UsageError(
        fmt::format("{} holds files that are not a report of reprise: name another folder, or remove them",
                    out.string()));
  }
}

/// Puts `fresh` in the place of `out`, in one step where the file system can exchange folders.
void move_into_place(const fs::path& fresh, const fs::path& out) {
  if (!fs::exists(out)) {
    fs::rename(fresh, out);
    return;
  }
  if (renameat2(AT_FDCWD, fresh.c_str(), AT_FDCWD, out.c_str(), RENAME_EXCHANGE) == 0) return;
  const fs::path old = fresh.string() + ".old";
  fs::rename(out, old);
  fs::rename(fresh, out);
  fs::remove_all(old);
}

}  // namespace

std::vector<std::string> write_report(const Report& report, const fs::path& folder,
                                      const ReportOptions& options) {
  auto out = fs::absolute(folder).lexically_normal();
  if (!out.has_filename()) out = out.parent_path();
  expect_replaceable(out);
  try {
    fs::create_directories(out.parent_path());
    const ScratchFolder fresh(out.parent_path() /
                              fmt::format(".{}.new-{}", out.filename().string(), getpid()));
    fs::create_directories(fresh.path() / "tables");
    fs::create_directories(fresh.path() / "figures");
    auto contents = contents_of(report);
    draw(contents, fresh.path() / "figures", options.gnuplot);
    write_tables(contents, fresh.path() / "tables");
    write_file(fresh.path() / "report.md", markdown_report(contents));
    write_file(fresh.path() / "index.html", html_page(contents));
    move_into_place(fresh.path(), out);
    return contents.problems;
  } catch (const fs::filesystem_error& error) {
    throw Error(fmt::format("can't write the report into {}: {}", out.string(), error.code().message()));
  }
}

}  // namespace reprise
