#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "pipeline/base/errors.hpp"
#include "pipeline/store/h5_file.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace reprise::samples {

/// An HDF5 file in a test's folder, as a user would have made it.
class Written {
 public:
  Written(const TemporaryFolder& folder, std::string name) : folder_(folder), name_(std::move(name)) {}
  ~Written() { folder_.write(name_, image_.finish()); }
  Written(const Written&) = delete;
  Written& operator=(const Written&) = delete;
  const h5::Group& root() const { return image_.root(); }
  template <class T>
  void add(const std::string& data_set, const std::vector<T>& values, const h5::Dims& dims) const {
    image_.root().write<T>(data_set, values, dims);
  }

 private:
  const TemporaryFolder& folder_;
  std::string name_;
  h5::Image image_;
};

/// The message of the UsageError that `read` throws.
template <class Read>
std::string refusal(const Read& read) {
  try {
    (void)read();
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no refusal";
}

/// Cuts a file to a share of its length, as an interrupted copy would.
inline void tear(const std::filesystem::path& file, double share = 0.5) {
  std::filesystem::resize_file(
      file, static_cast<std::uintmax_t>(share * static_cast<double>(std::filesystem::file_size(file))));
}

}  // namespace reprise::samples
