#pragma once

#include <filesystem>
#include <functional>

#include "pipeline/store/file_system.hpp"
#include "pipeline/store/h5.hpp"

/// HDF5 files: written as images in memory or, where they are too large for that, through FileSystem; read
/// from disk or from an image.
namespace reprise::h5 {

/// A new HDF5 file in memory.
class Image {
 public:
  Image();
  const Group& root() const { return root_; }
  /// Closes the file and returns its bytes, with `prefix` before them as HDF5's user block. The prefix's size
  /// must be 512 or a larger power of two, or 0.
  Bytes finish(ByteView prefix = {});

 private:
  Handle file_;
  Group root_;
};

/// An HDF5 file opened for reading. Keeps the bytes it was opened on.
class File {
 public:
  /// Throws DamagedFile when it isn't a readable HDF5 file.
  static File open(const std::filesystem::path& path);
  static File from_image(ByteView image, const std::string& name);
  const Group& root() const { return root_; }

 private:
  explicit File(Handle file);
  Handle file_;
  Group root_;
};

/// Writes a new HDF5 file from byte `offset` of `out` on, while `fill` makes it. What goes wrong with `out`
/// is thrown as it was by it.
void write_file(RandomAccessFile& out, std::uint64_t offset,
                const std::function<void(const Group& root)>& fill);

}  // namespace reprise::h5
