#include "pipeline/job/read_value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "pipeline/base/nearest.hpp"
#include "pipeline/job/scalar_text.hpp"

namespace reprise::detail {

namespace {

[[noreturn]] void mismatch(const TomlValue& value, std::string_view expected, std::string_view hint = "") {
  throw Mismatch{value.at, {}, fmt::format("must be {}, found {}{}", expected, show(value), hint)};
}

/// An integer, or why not: 3.0 and 1e6 are numbers in TOML, and a mistake that is easily made.
const TomlInteger& integer_from(const TomlValue& value) {
  if (const auto* integer = std::get_if<TomlInteger>(&value.data)) return *integer;
  if (const auto* number = std::get_if<TomlNumber>(&value.data)) {
    const bool whole = !number->out_of_range && std::nearbyint(number->value) == number->value;
    if (whole && std::abs(number->value) < 1e15) {
      mismatch(value, "an integer", fmt::format("; write {}", static_cast<std::int64_t>(number->value)));
    }
  }
  if (const auto* text = std::get_if<std::string>(&value.data)) {
    const bool digits = !text->empty() && text->find_first_not_of("0123456789") == std::string::npos;
    if (digits) mismatch(value, "an integer", fmt::format("; write {} without quotes", *text));
  }
  mismatch(value, "an integer");
}

}  // namespace

bool bool_from(const TomlValue& value) {
  if (const auto* flag = std::get_if<bool>(&value.data)) return *flag;
  mismatch(value, "true or false");
}

std::int64_t signed_from(const TomlValue& value, std::int64_t low, std::int64_t high) {
  const auto& integer = integer_from(value);
  const auto limit = integer.negative
                         ? std::uint64_t{0} - static_cast<std::uint64_t>(low)  // two's complement
                         : static_cast<std::uint64_t>(high);
  if (integer.too_large || integer.magnitude > limit) {
    mismatch(value, fmt::format("an integer from {} to {}", low, high));
  }
  return static_cast<std::int64_t>(integer.negative ? std::uint64_t{0} - integer.magnitude
                                                    : integer.magnitude);
}

std::uint64_t unsigned_from(const TomlValue& value, std::uint64_t high) {
  const auto& integer = integer_from(value);
  if (integer.too_large || integer.magnitude > high || (integer.negative && integer.magnitude > 0)) {
    mismatch(value, fmt::format("an integer from 0 to {}", high));
  }
  return integer.magnitude;
}

double double_from(const TomlValue& value) {
  if (const auto* integer = std::get_if<TomlInteger>(&value.data)) {
    constexpr auto exact = std::uint64_t{1} << 53;
    if (integer->too_large || integer->magnitude > exact) {
      mismatch(value, "a number",
               "; no double is exactly that integer, write it with a point or an exponent");
    }
    const auto magnitude = static_cast<double>(integer->magnitude);
    return integer->negative ? -magnitude : magnitude;
  }
  if (const auto* number = std::get_if<TomlNumber>(&value.data)) {
    if (number->out_of_range) mismatch(value, "a number that a double can hold");
    if (!std::isfinite(number->value)) mismatch(value, "a finite number");
    return number->value;
  }
  mismatch(value, "a number");
}

float float_from(const TomlValue& value) {
  const auto wide = double_from(value);
  constexpr auto largest = static_cast<double>(std::numeric_limits<float>::max());
  if (std::abs(wide) > largest) mismatch(value, "a number that a float can hold");
  return static_cast<float>(wide);
}

const std::string& string_from(const TomlValue& value) {
  if (const auto* text = std::get_if<std::string>(&value.data)) return *text;
  mismatch(value, "a string");
}

std::size_t choice_from(const TomlValue& value, std::span<const std::string_view> names) {
  const auto* text = std::get_if<std::string>(&value.data);
  if (text != nullptr) {
    const auto found = std::find(names.begin(), names.end(), *text);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  }
  std::vector<std::string> shown;
  for (const auto name : names) shown.push_back(string_text(name));
  const std::vector<std::string> known(names.begin(), names.end());
  mismatch(value, fmt::format("one of {}", fmt::join(shown, ", ")), text ? did_you_mean(*text, known) : "");
}

const TomlArray& list_from(const TomlValue& value, std::string_view of_what) {
  if (const auto* values = std::get_if<TomlArray>(&value.data)) return *values;
  const bool scalar = value.table() == nullptr;
  mismatch(
      value, fmt::format("a list of {}", of_what),
      scalar && !value.text.empty() && value.text.size() < 40 ? fmt::format("; write [{}]", value.text) : "");
}

void refuse_length(const TomlValue& value, std::size_t wanted) {
  mismatch(value, fmt::format("a list of exactly {}", wanted));
}

}  // namespace reprise::detail
