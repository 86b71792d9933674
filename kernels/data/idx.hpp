#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace reprise {

/// Unsigned bytes with a shape, as MNIST and its relatives come: magic 0x0000 08 <rank>, big-endian sizes,
/// bytes.
struct IdxArray {
  std::vector<std::size_t> shape;
  std::vector<std::uint8_t> values;
};

/// Reads an idx file of unsigned bytes, gzip or not. Throws DataError.
[[nodiscard]] IdxArray read_idx(const std::filesystem::path& file);

}  // namespace reprise
