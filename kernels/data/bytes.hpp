#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace reprise {

/// A data file is missing or not what it should be. The message names the file, what was found and what would
/// be right.
class DataError : public std::runtime_error {
 public:
  DataError(const std::filesystem::path& file, std::string_view what);
};

/// All of a file, unpacked when it is gzip. Throws DataError when it is missing, damaged or cut short.
[[nodiscard]] std::vector<std::uint8_t> read_bytes(const std::filesystem::path& file);

/// The first place that has `name` (a file, or a folder's file such as
/// "fashion-mnist/train-images-idx3-ubyte.gz"): the folders in REPRISE_DATA (separated by colons), ./data,
/// and where Debian's packages put data sets.
[[nodiscard]] std::optional<std::filesystem::path> find_data(std::string_view name);

/// Same, of a data set that must be there. Throws DataError that lists the places searched.
[[nodiscard]] std::filesystem::path require_data(std::string_view name);

}  // namespace reprise
