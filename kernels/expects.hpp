#pragma once

#include <source_location>
#include <stdexcept>
#include <string>
#include <string_view>

namespace reprise {

/// A precondition, checked in every build. Throws std::invalid_argument naming what should hold and where. A
/// literal prefers this overload where the pipeline's (a std::string_view) is at hand too.
inline void expects(bool holds, const char* what,
                    const std::source_location& where = std::source_location::current()) {
  if (holds) [[likely]] {
    return;
  }
  std::string_view file = where.file_name();
  if (const auto slash = file.find_last_of('/'); slash != std::string_view::npos) {
    file.remove_prefix(slash + 1);
  }
  throw std::invalid_argument(std::string(what) + " (" + std::string(file) + ":" +
                              std::to_string(where.line()) + ")");
}

}  // namespace reprise
