#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace reprise {

inline constexpr std::size_t kCifarPixels = 3072;  ///< planes R, G, B of 32 x 32

struct CifarBatch {
  std::vector<std::uint8_t> labels;  ///< [count], 0..9
  std::vector<std::uint8_t> pixels;  ///< [count, kCifarPixels]
};

/// Reads a file of the binary version of CIFAR-10: records of a label byte and 3072 pixel bytes. Throws
/// DataError.
[[nodiscard]] CifarBatch read_cifar10(const std::filesystem::path& file);

}  // namespace reprise
