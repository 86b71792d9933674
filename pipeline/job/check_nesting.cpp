#include "pipeline/job/check_nesting.hpp"

#include <fmt/format.h>

#include <cctype>

#include "pipeline/job/complaints.hpp"

namespace reprise {

namespace {

constexpr std::size_t kDeepest = 32;
constexpr std::size_t kLongestName = 16;  // parts of a dotted key
constexpr std::size_t kLongestBinary = 63;

/// Just past the string that starts at `at`. A string on one line ends with the line at the latest.
std::size_t skip_string(std::string_view text, std::size_t at) {
  const char quote = text[at];
  const auto is_triple = [&](std::size_t i) {
    return i + 2 < text.size() && text[i] == quote && text[i + 1] == quote && text[i + 2] == quote;
  };
  const bool triple = is_triple(at);
  for (std::size_t i = at + (triple ? 3 : 1); i < text.size(); ++i) {
    if (text[i] == '\\' && quote == '"' && i + 1 < text.size() && text[i + 1] != '\n') {
      ++i;
    } else if (!triple && (text[i] == quote || text[i] == '\n')) {
      return i + (text[i] == quote ? 1 : 0);
    } else if (triple && is_triple(i)) {
      i += 3;  // up to two more quotes belong to the string's value
      for (int more = 0; more < 2 && i < text.size() && text[i] == quote; ++more) ++i;
      return i;
    }
  }
  return text.size();
}

}  // namespace

void check_nesting(const Source& source) {
  const std::string_view text = source.text();
  std::size_t depth = 0;
  std::size_t dots = 0;
  for (std::size_t i = 0; i < text.size();) {
    const char letter = text[i];
    if (letter == '"' || letter == '\'') {
      i = skip_string(text, i);
      continue;
    }
    if (letter == '#') {
      i = std::min(text.find('\n', i), text.size());
      continue;
    }
    if (letter == '[' || letter == '{') ++depth;
    if ((letter == ']' || letter == '}') && depth > 0) --depth;
    const bool separates = letter == '\n' || letter == ',' || letter == '=' || letter == '[' || letter == '{';
    dots = separates ? 0 : dots + (letter == '.' ? 1 : 0);
    if (depth > kDeepest) {
      throw Refusal(source, i, fmt::format("lists and tables are nested more than {} deep", kDeepest));
    }
    if (dots >= kLongestName) {
      throw Refusal(source, i, fmt::format("a dotted key has more than {} parts", kLongestName));
    }
    if (letter == '0' && i + 1 < text.size() && text[i + 1] == 'b') {
      std::size_t digits = 0;
      auto end = i + 2;
      for (; end < text.size() && (text[end] == '0' || text[end] == '1' || text[end] == '_'); ++end) {
        if (text[end] != '_') ++digits;
      }
      if (digits >= kLongestBinary) throw Refusal(source, i, "a binary integer has at most 62 digits here");
      i = end;
      continue;
    }
    ++i;
  }
}

}  // namespace reprise
