#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace reprise {

/// Values as TOML writes them, the same text for the same value: what flatten(), describe() and messages
/// show.
std::string string_text(std::string_view text);  ///< with escapes; safe to print on a terminal
/// The shortest digits that read back to the same number; always with a point or an exponent, "nan" or "inf".
std::string number_text(double value);
std::string number_text(float value);

}  // namespace reprise
