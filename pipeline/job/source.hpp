#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

/// A place in a text as an editor shows it; both count from 1, columns in characters.
struct Position {
  std::size_t line = 1;
  std::size_t column = 1;
  bool operator==(const Position&) const = default;
};

/// The text of a job file and the name it goes by in messages. Offsets into it are in bytes.
class Source {
 public:
  Source(std::string name, std::string text);

  const std::string& name() const { return name_; }
  const std::string& text() const { return text_; }

  Position position(std::size_t offset) const;
  /// The offset of a line's byte, counted from 1; the end of the text where there is no such line.
  std::size_t offset(std::size_t line, std::size_t byte_column) const;
  /// One line, counted from 1, without its end.
  std::string_view line(std::size_t number) const;

  /// "job.toml:7:8: what", then the line and a caret under the place.
  std::string complaint(std::size_t offset, std::string_view what) const;

 private:
  std::string name_;
  std::string text_;
  std::vector<std::size_t> line_starts_;
};

inline constexpr std::size_t kLargestJobFile = std::size_t{1} << 20;
/// In bytes: toml11's time grows with the square of a line's length.
inline constexpr std::size_t kLongestLine = 20'000;

/// Reads a job file. Throws UsageError when there is none, when it can't be read, is larger than a job can
/// be, or isn't UTF-8 text.
Source read_source(const std::filesystem::path& path);

/// Refuses what isn't UTF-8 text, with its place; drops a byte order mark. Throws UsageError.
Source check_text(std::string name, std::string text);

}  // namespace reprise
