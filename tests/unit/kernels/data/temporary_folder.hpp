#pragma once

#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): mkdtemp

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <span>
#include <stdexcept>
#include <string>

#include "kernels/data/bytes.hpp"

namespace reprise::samples {

/// A folder of a test's own, removed at its end.
class DataFolder {
 public:
  DataFolder() {
    std::string folder = (std::filesystem::temp_directory_path() / "reprise-data-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = folder;
  }
  ~DataFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path write(const std::filesystem::path& name, std::span<const std::byte> bytes) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return path_ / name;
  }
  std::filesystem::path write(const std::filesystem::path& name, const std::string& text) const {
    return write(name, std::as_bytes(std::span(text)));
  }

 private:
  std::filesystem::path path_;
};

/// The message of the DataError that `read` throws.
template <class Read>
std::string data_error(const Read& read) {
  try {
    (void)read();
  } catch (const DataError& error) {
    return error.what();
  }
  return "no error";
}

/// Runs a script with Debian's Python, arguments quoted by the caller. Returns its exit status.
inline int run_python(const std::filesystem::path& script, const std::string& arguments = "") {
  return std::system(("/usr/bin/python3 " + script.string() + " " + arguments).c_str());  // NOLINT
}
inline bool python_has(const std::string& module) {
  return std::system(("/usr/bin/python3 -c 'import " + module + "' 2>/dev/null").c_str()) == 0;  // NOLINT
}

}  // namespace reprise::samples
