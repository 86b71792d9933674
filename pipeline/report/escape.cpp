#include "pipeline/report/escape.hpp"

#include <cctype>
#include <cstddef>

namespace reprise::reporting {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// The length of the UTF-8 sequence at `at`; 0 if there is none.
std::size_t sequence_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return 0;
  }
  const unsigned char second = byte(at + 1);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool surrogate = first == 0xED && second >= 0xA0;
  const bool too_large = first == 0xF4 && second >= 0x90;
  return overlong || surrogate || too_large ? 0 : length;
}

/// Line ends and tabs as spaces.
std::string one_line(std::string_view text) {
  auto line = clean_utf8(text);
  for (char& each : line) {
    if (each == '\n' || each == '\t') each = ' ';
  }
  return line;
}

}  // namespace

std::string clean_utf8(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = sequence_length(text, at);
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte == '\r' && at + 1 < text.size() && text[at + 1] == '\n') {
      ++at;
      continue;
    }
    const bool control = length == 1 && ((byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7F);
    if (length == 0 || control) {
      clean += kReplacement;
      ++at;
    } else {
      clean += text.substr(at, length);
      at += length;
    }
  }
  return clean;
}

std::size_t length_utf8(std::string_view text) {
  std::size_t length = 0;
  for (const char each : text) length += (static_cast<unsigned char>(each) & 0xC0) != 0x80;
  return length;
}

std::string html(std::string_view text) {
  std::string out;
  for (const char each : clean_utf8(text)) {
    switch (each) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += each;
    }
  }
  return out;
}

std::string markdown(std::string_view text) {
  std::string out;
  for (const char each : one_line(text)) {
    if (each == '<') {
      out += "&lt;";
    } else if (each == '&') {
      out += "&amp;";
    } else {
      if (std::string_view("\\`*_[]|>#~$").find(each) != std::string_view::npos) out += '\\';
      out += each;
    }
  }
  return out;
}

std::string csv(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char each : text) {
    if (each == '"') out += '"';
    out += each;
  }
  return out + '"';
}

std::string gnuplot_string(std::string_view text) {
  // In single quotes gnuplot knows no escapes, runs no command between back-quotes and expands no macro.
  std::string out = "'";
  for (const char each : one_line(text)) {
    if (each == '\'') out += '\'';
    out += each;
  }
  return out + '\'';
}

std::string slug(std::string_view text) {
  std::string out;
  for (const char each : text) {
    const bool kept = std::isalnum(static_cast<unsigned char>(each)) != 0 || each == '-' || each == '_';
    if (kept && static_cast<unsigned char>(each) < 0x80) {
      out += each;
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out.empty() ? "unnamed" : out;
}

}  // namespace reprise::reporting
