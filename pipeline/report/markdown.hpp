#pragma once

#include <string>

#include "pipeline/report/contents.hpp"

namespace reprise::reporting {

/// The report as Markdown with GitHub's tables; figures are links to their SVG files.
std::string markdown_report(const Contents& contents);

/// One table in Markdown, without its caption.
std::string markdown_table(const Table& table);

}  // namespace reprise::reporting
