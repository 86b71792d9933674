#include "kernels/data/cifar.hpp"

#include <string>

#include "kernels/data/bytes.hpp"

namespace reprise {

CifarBatch read_cifar10(const std::filesystem::path& file) {
  constexpr std::size_t kRecord = kCifarPixels + 1;
  const std::vector<std::uint8_t> bytes = read_bytes(file);
  if (bytes.empty() || bytes.size() % kRecord != 0) {
    throw DataError(file,
                    "has " + std::to_string(bytes.size()) +
                        " bytes; a CIFAR-10 batch is whole records of 3073 (10000 of them: 30730000 bytes)");
  }
  CifarBatch batch;
  const std::size_t count = bytes.size() / kRecord;
  batch.labels.reserve(count);
  batch.pixels.reserve(count * kCifarPixels);
  for (std::size_t i = 0; i < count; ++i) {
    const auto record = bytes.begin() + static_cast<std::ptrdiff_t>(i * kRecord);
    if (*record > 9) {
      throw DataError(file, "record " + std::to_string(i) + " has label " + std::to_string(*record) +
                                "; CIFAR-10 has labels 0 to 9 (is this CIFAR-100, or the Python version?)");
    }
    batch.labels.push_back(*record);
    batch.pixels.insert(batch.pixels.end(), record + 1, record + static_cast<std::ptrdiff_t>(kRecord));
  }
  return batch;
}

}  // namespace reprise
