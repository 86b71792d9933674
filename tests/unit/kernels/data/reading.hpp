#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "kernels/data/bytes.hpp"

namespace reprise::samples {

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
