#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace reprise {

/// Whether a byte goes on with a character that began before it.
constexpr bool is_utf8_continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

/// The first byte that isn't part of valid UTF-8 (Unicode 15, table 3-7: no overlong forms, no surrogates,
/// nothing above U+10FFFF).
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

}  // namespace reprise
