#include "pipeline/data/report.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace reprise {

namespace {

std::size_t id_width(std::span<const DataSet> data_sets) {
  std::size_t width = 0;
  for (const auto& data : data_sets) width = std::max(width, data.id.size());
  return width;
}

}  // namespace

std::string list_text(std::span<const DataSet> data_sets) {
  const auto width = id_width(data_sets);
  std::string text;
  for (const auto& data : data_sets) {
    const auto located = locate(data);
    const auto package = data.debian_package.empty() ? "" : fmt::format(" (package {})", data.debian_package);
    text += fmt::format("{:<{}}  {}: {}\n", data.id, width,
                        located ? located->folder.string() : "missing" + package, data.description);
  }
  return text.empty() ? "no paper needs data\n" : text;
}

std::string where_text(const DataSet& data) {
  bool found = false;
  std::string text;
  for (const auto& [folder, origin, problem] : search(data)) {
    const auto state = !problem.empty() ? problem : found ? "there too, but not used" : "used";
    found = found || problem.empty();
    text += fmt::format("{} ({}): {}\n", folder.string(), origin, state);
  }
  return text;
}

CheckReport check_all(std::span<const DataSet> data_sets) {
  const auto width = id_width(data_sets);
  CheckReport report;
  for (const auto& data : data_sets) {
    const auto located = locate(data);
    if (!located) {
      report.sound = false;
      report.text += explain_missing(data) + "\n";
      continue;
    }
    const auto problems = check(data, *located);
    for (const auto& problem : problems) report.text += fmt::format("{:<{}}  {}\n", data.id, width, problem);
    if (problems.empty()) {
      report.text += fmt::format("{:<{}}  sound: {}, digest {}\n", data.id, width, located->folder.string(),
                                 digest(data, *located).hex());
    }
    report.sound = report.sound && problems.empty();
  }
  return report;
}

}  // namespace reprise
