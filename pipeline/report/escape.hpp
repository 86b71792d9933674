#pragma once

#include <string>
#include <string_view>

namespace reprise::reporting {

/// `text` with every byte that is not UTF-8, and every control character but newline and tab, replaced by
/// U+FFFD.
std::string clean_utf8(std::string_view text);

/// The number of characters (code points) of UTF-8.
std::size_t length_utf8(std::string_view text);

/// For HTML text and quoted attributes.
std::string html(std::string_view text);

/// For Markdown text and table cells: marks are escaped, line ends become spaces.
std::string markdown(std::string_view text);

/// A field of RFC 4180: quoted where it holds a comma, a quote or a line end.
std::string csv(std::string_view text);

/// A gnuplot string that nothing is substituted in: single quotes, line ends become spaces.
std::string gnuplot_string(std::string_view text);

/// For LaTeX text. Greek letters and the signs of mathematics become commands; characters that pdflatex has
/// no definition for become their number, "[U+4E2D]", so that the file always compiles.
std::string latex(std::string_view text);

/// A name for files and anchors: letters, digits, dashes and underscores, never empty.
std::string slug(std::string_view text);

}  // namespace reprise::reporting
