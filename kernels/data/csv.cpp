#include "kernels/data/csv.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "kernels/data/bytes.hpp"

namespace reprise {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

}  // namespace

NumberTable read_csv(const std::filesystem::path& file) {
  const std::vector<std::uint8_t> bytes = read_bytes(file);
  const std::string text(bytes.begin(), bytes.end());
  NumberTable table;
  std::size_t line_number = 0;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    std::string_view line = trimmed(std::string_view(text).substr(start, end - start));
    start = end + 1;
    ++line_number;
    if (line.empty()) {
      continue;
    }
    const std::string where = "line " + std::to_string(line_number);
    std::size_t columns = 0;
    for (bool more = true; more; ++columns) {
      const std::size_t comma = line.find(',');
      more = comma != std::string_view::npos;
      const std::string_view cell = trimmed(line.substr(0, comma));
      double value = 0.0;
      const auto [stop, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
      if (error != std::errc{} || stop != cell.data() + cell.size()) {
        throw DataError(file, where + " has '" + std::string(cell) + "' in column " +
                                  std::to_string(columns + 1) +
                                  "; a number belongs there, and there is no header");
      }
      table.values.push_back(value);
      line = more ? line.substr(comma + 1) : std::string_view{};
    }
    if (table.rows > 0 && columns != table.columns) {
      throw DataError(file, where + " has " + std::to_string(columns) + " columns; the lines before have " +
                                std::to_string(table.columns));
    }
    table.columns = columns;
    ++table.rows;
  }
  if (table.rows == 0) {
    throw DataError(file, "has no rows");
  }
  return table;
}

}  // namespace reprise
