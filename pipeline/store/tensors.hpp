#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "pipeline/store/h5_file.hpp"
#include "pipeline/store/segment.hpp"

namespace reprise {

/// bf16 is the upper half of an f32, stored as u16.
enum class TensorType : std::uint8_t { f32, f64, bf16, s8, u8, s32 };

std::size_t size_of(TensorType type);
std::string_view name_of(TensorType type);

/// What a file says of a tensor: enough to make room for it.
struct TensorInfo {
  std::string name;  ///< a path with dots: "layer1.0.conv1.weight"
  TensorType type = TensorType::f32;
  std::vector<std::uint64_t> shape;  ///< empty for a single number

  std::size_t bytes() const;
  bool operator==(const TensorInfo&) const = default;
};

/// A tensor to be stored. The pipeline knows no tensors of its own: whoever has some lends their bytes.
struct TensorView {
  TensorInfo info;
  ByteView bytes;  ///< row-major
};

/// Writes tensors/<key>.h5: a segment (header, checksum and publishing are the same) that holds tensors in
/// place of rows, its header `{"rows":{"tensors":<how many>},...}`. Each is a data set of its name at the
/// root, with its own type of elements and fletcher32, and an attribute `type`, since bf16 lies there as u16.
/// The same tensors make the same bytes. Throws Error for a name that HDF5 can't take (empty, ".", with a
/// slash or a zero) or that comes twice, and as FileSystem does.
void publish_tensors(FileSystem& files, const std::filesystem::path& target,
                     std::span<const TensorView> tensors);

/// A file of tensors opened for reading.
class TensorFile {
 public:
  /// Every byte is checked against the header first. Throws DamagedFile naming the file: cut short, changed,
  /// or not a file of tensors.
  static TensorFile open_verified(const std::filesystem::path& file,
                                  std::size_t most_in_memory = most_checked_in_memory);

  /// In the order of their names.
  const std::vector<TensorInfo>& tensors() const { return tensors_; }
  /// Reads one of tensors() into as many bytes as it has.
  void read(const TensorInfo& tensor, std::span<std::byte> out) const;

 private:
  TensorFile(h5::File file, std::vector<TensorInfo> tensors)
      : file_(std::move(file)), tensors_(std::move(tensors)) {}
  h5::File file_;
  std::vector<TensorInfo> tensors_;
};

}  // namespace reprise
