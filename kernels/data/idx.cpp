#include "kernels/data/idx.hpp"

#include <string>

#include "kernels/data/bytes.hpp"

namespace reprise {

IdxArray read_idx(const std::filesystem::path& file) {
  const std::vector<std::uint8_t> bytes = read_bytes(file);
  if (bytes.size() < 4) {
    throw DataError(
        file, "has " + std::to_string(bytes.size()) + " bytes; an idx file starts with a magic of four");
  }
  if (bytes[0] != 0 || bytes[1] != 0 || bytes[2] != 0x08 || bytes[3] == 0 || bytes[3] > 4) {
    std::string found;
    for (std::size_t i = 0; i < 4; ++i) {
      constexpr std::string_view kDigits = "0123456789abcdef";
      found += kDigits[bytes[i] >> 4U];
      found += kDigits[bytes[i] & 15U];
    }
    throw DataError(file, "starts with " + found +
                              "; an idx file of unsigned bytes starts with 000008 and a rank of 1 "
                              "to 4 (00000803 for images, 00000801 for labels)");
  }
  const std::size_t rank = bytes[3];
  const std::size_t header = 4 + 4 * rank;
  if (bytes.size() < header) {
    throw DataError(file, "ends within its header");
  }
  IdxArray array;
  std::size_t count = 1;
  for (std::size_t axis = 0; axis < rank; ++axis) {
    std::size_t size = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      size = size << 8U | bytes[4 + 4 * axis + i];
    }
    array.shape.push_back(size);
    if (size != 0 && count > bytes.size() / size) {
      count = bytes.size() + 1;  // more than there is; further products could overflow
      break;
    }
    count *= size;
  }
  if (bytes.size() - header != count) {
    throw DataError(file, "has " + std::to_string(bytes.size() - header) + " values where its header says " +
                              (count > bytes.size() ? "more" : std::to_string(count)) +
                              "; it was cut short or is damaged, fetch it again");
  }
  array.values.assign(bytes.begin() + static_cast<std::ptrdiff_t>(header), bytes.end());
  return array;
}

}  // namespace reprise
