#pragma once

#include <string>
#include <string_view>

#include "pipeline/report/contents.hpp"

namespace reprise::reporting {

/// Counts the tables and figures of a paper's section: "Table 3".
struct Numbering {
  int tables = 0;
  int figures = 0;
};

/// The scoreboard with its filters.
std::string html_scoreboard(const Contents& contents);

/// A run's section: paper, notices, experiments, cost, provenance.
std::string html_run(const ShownRun& run);

/// A table with its caption and its source.
std::string html_table(const ShownTable& table, const ShownRun& run, const ShownExperiment& experiment,
                       Numbering& numbering);

/// A figure: its panels, legends as text, caption, or why it was not drawn.
std::string html_figure(const ShownFigure& figure, const ShownRun& run, Numbering& numbering);

/// The verdict as a badge that leads to the claim.
std::string html_verdict(const ShownClaim& claim);

/// The scale as a badge; empty for none.
std::string html_scale(const RunReport& run);

std::string_view page_style();   ///< CSS without the colours
std::string_view page_script();  ///< sorts, filters, switches the theme

}  // namespace reprise::reporting
