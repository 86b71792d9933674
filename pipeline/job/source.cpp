#include "pipeline/job/source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "pipeline/base/errors.hpp"
#include "pipeline/job/complaints.hpp"
#include "pipeline/job/utf8.hpp"

namespace reprise {

namespace {

constexpr std::size_t kShownCharacters = 120;

/// A line that is too long to show is cut around the place of interest, in whole characters.
struct Excerpt {
  std::string_view text;
  std::size_t before = 0;  ///< bytes of `text` before the place of interest
  bool cut_front = false;
  bool cut_back = false;
};

Excerpt excerpt(std::string_view line, std::size_t at) {
  std::size_t first = at;
  std::size_t last = at;
  for (std::size_t count = 0; first > 0 && count < kShownCharacters / 2; ++count) {
    do --first;
    while (first > 0 && is_utf8_continuation(line[first]));
  }
  for (std::size_t count = 0; last < line.size() && count < kShownCharacters / 2; ++count) {
    do ++last;
    while (last < line.size() && is_utf8_continuation(line[last]));
  }
  return {line.substr(first, last - first), at - first, first > 0, last < line.size()};
}

bool is_control(char letter) {
  const auto code = static_cast<unsigned char>(letter);
  return (code < 0x20 && letter != '\t') || code == 0x7f;
}

/// Without what a terminal would obey.
std::string harmless(std::string_view text) {
  std::string result(text);
  std::replace_if(result.begin(), result.end(), is_control, '?');
  return result;
}

/// As wide as `text`: tabs stay tabs, so that the caret stands right whatever a terminal makes of them.
std::string blanks(std::string_view text) {
  std::string result;
  for (const char letter : text) {
    if (!is_utf8_continuation(letter)) result += letter == '\t' ? '\t' : ' ';
  }
  return result;
}

}  // namespace

Source::Source(std::string name, std::string text)
    : name_(std::move(name)), text_(std::move(text)), line_starts_{0} {
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\n') line_starts_.push_back(i + 1);
  }
}

Position Source::position(std::size_t offset) const {
  offset = std::min(offset, text_.size());
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  const auto start = *std::prev(after);
  const auto characters = std::count_if(text_.begin() + static_cast<std::ptrdiff_t>(start),
                                        text_.begin() + static_cast<std::ptrdiff_t>(offset),
                                        [](char letter) { return !is_utf8_continuation(letter); });
  return {static_cast<std::size_t>(after - line_starts_.begin()), static_cast<std::size_t>(characters) + 1};
}

std::size_t Source::offset(std::size_t line, std::size_t byte_column) const {
  if (line == 0 || line > line_starts_.size()) return text_.size();
  return std::min(text_.size(), line_starts_[line - 1] + std::max<std::size_t>(byte_column, 1) - 1);
}

std::string_view Source::line(std::size_t number) const {
  if (number == 0 || number > line_starts_.size()) return {};
  const auto start = line_starts_[number - 1];
  const auto end = number == line_starts_.size() ? text_.size() : line_starts_[number] - 1;
  auto result = std::string_view(text_).substr(start, end - start);
  if (result.ends_with('\r')) result.remove_suffix(1);
  return result;
}

std::string Source::complaint(std::size_t offset, std::string_view what) const {
  offset = std::min(offset, text_.size());
  const auto [line_number, column] = position(offset);
  const auto whole = line(line_number);
  const auto shown = excerpt(whole, std::min(whole.size(), offset - this->offset(line_number, 1)));
  const auto margin = fmt::format("{:>4} | ", line_number);
  const std::string_view front = shown.cut_front ? "..." : "";
  const std::string_view back = shown.cut_back ? "..." : "";
  return fmt::format("{}:{}:{}: {}\n{}{}{}{}\n{:>{}}{}{}^", name_, line_number, column, what, margin, front,
                     harmless(shown.text), back, "| ", margin.size(), blanks(front),
                     blanks(shown.text.substr(0, shown.before)));
}

Source check_text(std::string name, std::string text) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    throw UsageError(name + ": the file is UTF-16; a job file is UTF-8 text, save it as that");
  }
  if (text.find('\0') != std::string::npos) {
    throw UsageError(name + ": this isn't a text file (it has bytes of value 0); a job file is TOML text");
  }
  if (text.starts_with(byte_order_mark)) text.erase(0, byte_order_mark.size());
  if (const auto wrong = find_invalid_utf8(text)) {
    const auto byte = static_cast<unsigned>(static_cast<unsigned char>(text[*wrong]));
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(*wrong), '\n');
    throw UsageError(
        fmt::format("{}:{}: the byte 0x{:02x} isn't UTF-8; save the file as UTF-8", name, line, byte));
  }
  Source source(std::move(name), std::move(text));
  const auto& checked = source.text();
  const auto last_line = source.position(checked.size()).line;
  for (std::size_t number = 1; number <= last_line; ++number) {
    const auto length = source.line(number).size();
    if (length > kLongestLine) {
      throw Refusal(
          source, source.offset(number, kLongestLine),
          fmt::format("a line has at most {} bytes, this one has {}; a list may go over several lines",
                      kLongestLine, length));
    }
  }
  for (std::size_t i = 0; i < checked.size(); ++i) {
    const auto letter = static_cast<unsigned char>(checked[i]);
    const bool line_end =
        letter == '\n' || (letter == '\r' && i + 1 < checked.size() && checked[i + 1] == '\n');
    if (is_control(checked[i]) && !line_end) {
      throw Refusal(source, i,
                    fmt::format("the control character 0x{:02x} can't stand in a job file; in a string it is "
                                "written \\u{:04X}",
                                letter, letter));
    }
  }
  return source;
}

}  // namespace reprise
