#include "pipeline/job/utf8.hpp"

namespace reprise {

namespace {

/// The bytes of one character: how many, and what the second may be.
struct Form {
  std::size_t length = 0;
  unsigned second_low = 0x80;
  unsigned second_high = 0xBF;
};

constexpr Form form_of(unsigned first) {
  if (first < 0x80) return {1};
  if (first >= 0xC2 && first <= 0xDF) return {2};
  if (first == 0xE0) return {3, 0xA0, 0xBF};
  if (first == 0xED) return {3, 0x80, 0x9F};
  if (first >= 0xE1 && first <= 0xEF) return {3};
  if (first == 0xF0) return {4, 0x90, 0xBF};
  if (first >= 0xF1 && first <= 0xF3) return {4};
  if (first == 0xF4) return {4, 0x80, 0x8F};
  return {0};
}

}  // namespace

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(text[i])); };
  for (std::size_t i = 0; i < text.size();) {
    const auto form = form_of(byte(i));
    if (form.length == 0 || i + form.length > text.size()) return i;
    if (form.length > 1 && (byte(i + 1) < form.second_low || byte(i + 1) > form.second_high)) return i;
    for (std::size_t j = 2; j < form.length; ++j) {
      if (!is_utf8_continuation(text[i + j])) return i;
    }
    i += form.length;
  }
  return std::nullopt;
}

}  // namespace reprise
