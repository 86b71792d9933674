#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

namespace reprise {

/// A table of numbers, row-major.
struct NumberTable {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<double> values;
};

/// Reads a CSV file of numbers, gzip or not, without header, every row of the same length. Blank lines are
/// skipped. Throws DataError that names the line.
[[nodiscard]] NumberTable read_csv(const std::filesystem::path& file);

}  // namespace reprise
