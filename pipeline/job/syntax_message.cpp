#include "pipeline/job/syntax_message.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>

namespace reprise {

namespace {

/// A place in toml11's account: " 3 | seed = \n   |        ^--- expected value, but got nothing".
struct Place {
  std::size_t line = 0;
  std::size_t byte_column = 1;
  std::string comment;
};

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

/// Splits "  12 | text" at its bar. False where there is none after blanks and digits only.
bool split_at_bar(std::string_view line, std::string_view& margin, std::string_view& rest) {
  const auto bar = line.find(" | ");
  if (bar == std::string_view::npos) return false;
  margin = trimmed(line.substr(0, bar));
  rest = line.substr(bar + 3);
  return margin.find_first_not_of("0123456789") == std::string_view::npos;
}

std::vector<Place> places_of(const std::vector<std::string_view>& lines) {
  std::vector<Place> places;
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    std::string_view number;
    std::string_view empty;
    std::string_view rest;
    if (!split_at_bar(lines[i], number, rest) || number.empty()) continue;
    if (!split_at_bar(lines[i + 1], empty, rest) || !empty.empty()) continue;
    Place place;
    std::from_chars(number.data(), number.data() + number.size(), place.line);
    const auto mark = std::min(rest.find_first_not_of(' '), rest.size());
    place.byte_column = mark + 1;
    rest.remove_prefix(mark);
    rest.remove_prefix(std::min(rest.find_first_not_of("^-~"), rest.size()));
    place.comment = trimmed(rest);
    places.push_back(std::move(place));
    ++i;
  }
  return places;
}

/// "[error] toml::parse_array: missing ..." without the names of toml11's functions.
std::string_view title_of(std::string_view line) {
  if (line.ends_with('.')) line.remove_suffix(1);
  if (line.starts_with("[error] ")) line.remove_prefix(8);
  if (line.starts_with("toml::")) {
    for (std::size_t i = 6; i < line.size(); ++i) {
      if (line[i] == ':' && (i + 1 == line.size() || line[i + 1] != ':') && line[i - 1] != ':') {
        return trimmed(line.substr(i + 1));
      }
    }
    return {};
  }
  return trimmed(line);
}

/// toml11's words that are clearer when said otherwise: part of its title, and what stands for all of it.
constexpr std::array<std::pair<std::string_view, std::string_view>, 19> kClearer{{
    {"missing value after key-value separator", "a value is missing after '='"},
    {"missing key-value separator", "after the key an '=' is missing"},
    {"unknown value appeared",
     "this is not a value: a string stands in quotes, true and false are in small letters"},
    {"invalid line format", "a line ends after its value; this is left over"},
    {"unknown line appeared", "this is neither \"key = value\" nor a table's [name]"},
    {"missing array separator", "a ',' or the closing ']' is missing"},
    {"array did not closed", "the list that begins here is never closed by ']'"},
    {"value having invalid format appeared in an array",
     "this is not a value: strings stand in quotes, numbers have digits on both sides of a point"},
    {"not a valid string",
     "this string isn't closed on its line, or has an escape that is none (a backslash is \\\\)"},
    {"not a valid literal string", "this string isn't closed on its line"},
    {"not a valid multiline string",
     "the string that begins here isn't closed, or has an escape that is none"},
    {"an invalid key appeared", "this is neither \"key = value\" nor a table's [name]"},
    {"not a valid table key", "this is neither \"key = value\" nor a table's [name]"},
    {"invalid format for key", "a key has letters a-z, digits, '_' and '-' only, or stands in quotes"},
    {"empty key is not allowed", "before the '=' a key is missing"},
    {"missing curly brace", "a '}' is missing; a table in braces stands on one line"},
    {"missing table separator", "a ',' or '}' is missing"},
    {"trailing comma is not allowed", "a table in braces has no ',' before its '}'"},
    {"cannot be defined", "[[...]] begins a list of tables, but there is a table of that name"},
}};

std::string hint_of(const std::vector<std::string_view>& lines) {
  constexpr std::string_view mark = "Hint: pass:";
  for (const auto line : lines) {
    if (line.starts_with(mark)) return fmt::format("; right are {}", trimmed(line.substr(mark.size())));
  }
  return {};
}

/// The name in `value ("run.retries") already exists.`
std::string_view quoted_name(std::string_view title) {
  const auto first = title.find("(\"");
  const auto last = title.rfind("\")");
  if (first == std::string_view::npos || last == std::string_view::npos || last < first + 2) return {};
  return title.substr(first + 2, last - first - 2);
}

}  // namespace

Refusal translate_syntax_error(const Source& source, std::string_view account) {
  const auto lines = lines_of(account);
  const auto title = lines.empty() ? std::string_view("unknown mistake") : title_of(lines.front());
  const auto places = places_of(lines);
  const auto place = places.empty() ? Place{1, 1, ""} : places.back();
  const auto at = source.offset(place.line, place.byte_column);

  if (title.find("already exists") != std::string_view::npos && places.size() > 1) {
    const auto kind = title.starts_with("table")   ? "the table "
                      : title.starts_with("array") ? "the tables "
                                                   : "";
    return {source, at,
            fmt::format("{}\"{}\" is there twice, first on line {}", kind, quoted_name(title),
                        places.front().line)};
  }
  const auto said =
      fmt::format("{}{}{}", title, title.empty() || place.comment.empty() ? "" : ": ", place.comment);
  for (const auto& [theirs, ours] : kClearer) {
    if (said.find(theirs) != std::string::npos) {
      const bool elsewhere = places.size() > 1 && places.front().line != place.line;
      const auto whose =
          title.find("cannot be defined") != std::string_view::npos ? "that is" : "the list began";
      const auto began =
          elsewhere ? fmt::format("; {} on line {}", whose, places.front().line) : std::string();
      return {source, at, fmt::format("not valid TOML: {}{}{}", ours, began, hint_of(lines))};
    }
  }
  const auto shown = place.comment == "here" && !title.empty() ? title : std::string_view(said);
  return {source, at, fmt::format("not valid TOML: {}{}", shown, hint_of(lines))};
}

}  // namespace reprise
