#pragma once

#include <cstdint>
#include <exception>

#include "pipeline/store/file_system.hpp"
#include "pipeline/store/h5.hpp"

namespace reprise::h5 {

/// A file that HDF5 writes through our seam to the disk instead of its own.
struct DriverTarget {
  RandomAccessFile& file;
  std::uint64_t offset = 0;  ///< HDF5's byte 0 is this byte of `file`
  /// What `file` threw first. HDF5 is told of that one failure, and not of later ones nor of any while it
  /// closes the file: it keeps a file that it could not close, and crashes on it when the process exits.
  std::exception_ptr failure = nullptr;
  bool closing = false;
};

/// Lets the files that are created with these properties be `target`, which must outlive them.
void use_driver(hid_t access_properties, DriverTarget& target);

}  // namespace reprise::h5
