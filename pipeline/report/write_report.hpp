#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "pipeline/report/document.hpp"

namespace reprise {

struct ReportOptions {
  std::string gnuplot = "gnuplot";  ///< the program that draws the figures
};

/// Writes the report into the folder `out`: `index.html`, `report.md`, `tables/*.csv|tex`,
/// `figures/*.svg|pdf`. It is written beside `out` and moved into place at the end, so a report that can't be
/// finished never replaces a whole one. An older report in `out` is replaced; any other folder with files in
/// it is refused. Returns what is missing from the report, in sentences for the user: figures, where gnuplot
/// can't draw them. Throws UsageError if `out` is no place for a
/// report, Error if it can't be written.
std::vector<std::string> write_report(const Report& report, const std::filesystem::path& out,
                                      const ReportOptions& options = {});

}  // namespace reprise
