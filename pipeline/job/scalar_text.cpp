#include "pipeline/job/scalar_text.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

namespace reprise {

namespace {

template <class Number>
std::string shortest(Number value) {
  if (std::isnan(value)) return "nan";
  std::array<char, 64> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  std::string result(digits.data(), end);
  if (result.find_first_of(".ein") == std::string::npos) result += ".0";
  return result;
}

}  // namespace

std::string string_text(std::string_view text) {
  std::string result = "\"";
  for (const char letter : text) {
    const auto code = static_cast<unsigned>(static_cast<unsigned char>(letter));
    if (letter == '"' || letter == '\\') {
      result += {'\\', letter};
    } else if (letter == '\n') {
      result += "\\n";
    } else if (letter == '\t') {
      result += "\\t";
    } else if (code < 0x20 || code == 0x7f) {
      result += fmt::format("\\u{:04X}", code);
    } else {
      result += letter;
    }
  }
  return result + '"';
}

std::string number_text(double value) {
  return shortest(value);
}
std::string number_text(float value) {
  return shortest(value);
}

}  // namespace reprise
