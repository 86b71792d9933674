#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/tensor/tensor.hpp"

namespace reprise::nn {

/// Where one tensor lies in a safetensors file and how its elements are stored there.
struct StoredTensor {
  enum class Elements : std::uint8_t { as_they_are, f16, i64 };  ///< the latter two are converted

  std::string name;
  Shape shape;
  DataType type = DataType::f32;  ///< in memory
  Elements stored = Elements::as_they_are;
  std::uint64_t begin = 0;  ///< in bytes from the header's end
  std::uint64_t end = 0;
};

struct SafetensorsHeader {
  std::vector<StoredTensor> tensors;  ///< in the order of their bytes, which they cover without gaps
  std::map<std::string, std::string> metadata;
};

/// The length that a file's first eight bytes say its header has. Throws DataError when it is longer than the
/// file or than 100 MB.
[[nodiscard]] std::size_t safetensors_header_bytes(std::string_view first_eight, std::uint64_t file_bytes,
                                                   const std::filesystem::path& file);

/// Parses a header's JSON; `data_bytes` follow it in the file. Throws DataError.
[[nodiscard]] SafetensorsHeader parse_safetensors_header(std::string_view json, std::uint64_t data_bytes,
                                                         const std::filesystem::path& file);

/// The header's JSON, padded with spaces to a multiple of eight bytes; shape, type and place of each tensor
/// are as given.
[[nodiscard]] std::string safetensors_header_text(const SafetensorsHeader& header);

}  // namespace reprise::nn
