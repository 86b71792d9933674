#pragma once

#include <string>

namespace reprise {

/// A word as a POSIX shell reads it back: in quotes where it needs them.
std::string shell_word(const std::string& word);

}  // namespace reprise
