#include "pipeline/report/format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string_view>

namespace reprise::reporting {
namespace {

constexpr int kPlainFrom = -4;  // exponents shown without a power of ten: 0.0001 ...
constexpr int kPlainTo = 5;     // ... to 999999
constexpr int kMostDigits = 15;

/// The decimal exponent of `value` once it is rounded to `digits` significant digits; 0 for zero.
int exponent_of(double value, int digits) {
  if (value == 0) return 0;
  const auto text = fmt::format("{:.{}e}", std::abs(value), std::max(digits, 1) - 1);
  return std::atoi(text.c_str() + text.find('e') + 1);
}

bool is_plain(int exponent) {
  return exponent >= kPlainFrom && exponent <= kPlainTo;
}

/// The decimals needed to show `value` rounded to `digits` significant digits, without trailing zeros.
int needed_decimals(double value, int digits) {
  const int decimals = std::max(0, digits - 1 - exponent_of(value, digits));
  auto text = fmt::format("{:.{}f}", value, decimals);
  const auto point = text.find('.');
  if (point == std::string::npos) return 0;
  const auto last = text.find_last_not_of('0');
  return last <= point ? 0 : static_cast<int>(last - point);
}

/// `value` without the power of ten `exponent`.
double scaled(double value, int exponent) {
  constexpr int kLargest = 300;  // 10 to the 324, that denormal numbers would want, is no double
  if (exponent < -kLargest) return value * 1e300 * std::pow(10.0, -exponent - kLargest);
  return exponent >= 0 ? value / std::pow(10.0, exponent) : value * std::pow(10.0, -exponent);
}

/// With a power of ten where one is due; trailing zeros go if `trim`.
std::string number_text(double value, int digits, bool trim) {
  if (std::isnan(value)) return kDash;
  if (std::isinf(value)) return value < 0 ? "−∞" : "∞";
  if (value == 0) return "0";
  digits = std::clamp(digits, 1, kMostDigits);
  const int exponent = exponent_of(value, digits);
  const bool plain = is_plain(exponent);
  const double shown = plain ? value : scaled(value, exponent);
  const int decimals =
      trim ? needed_decimals(shown, digits) : std::max(0, digits - 1 - (plain ? exponent : 0));
  auto text = fixed(shown, decimals);
  if (!plain) text += "×" + power_of_ten(exponent);
  return text;
}

bool is_whole(double value) {
  return std::abs(value) < 1e9 && value == std::nearbyint(value);
}

}  // namespace

std::string fixed(double value, int decimals) {
  auto text = fmt::format("{:.{}f}", std::abs(value), std::max(0, decimals));
  const bool zero = text.find_first_not_of("0.") == std::string::npos;
  return std::signbit(value) && !zero ? "−" + text : text;
}

std::string power_of_ten(int exponent) {
  static constexpr std::array<std::string_view, 10> superscript{"⁰", "¹", "²", "³", "⁴",
                                                                "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string text = exponent < 0 ? "10⁻" : "10";
  for (const char digit : fmt::format("{}", std::abs(exponent))) {
    text += superscript[static_cast<std::size_t>(digit - '0')];
  }
  return text;
}

std::string format_number(double value, int digits) {
  return number_text(value, digits, false);
}

std::string format_measurement(double value, double standard_error, int digits) {
  if (!std::isfinite(value) || std::isnan(standard_error) || standard_error < 0) {
    return format_number(value, digits);
  }
  if (std::isinf(standard_error)) return format_number(value, digits) + " ± ∞";
  if (standard_error == 0) return format_number(value, digits) + " ± 0";

  const int error_exponent = exponent_of(standard_error, 2);
  const int value_exponent = exponent_of(value, kMostDigits);
  const int exponent = value == 0 ? error_exponent : std::max(value_exponent, error_exponent);
  const int power = is_plain(exponent) ? 0 : exponent;
  const int last_place = std::max(error_exponent - 1, exponent - kMostDigits + 1);
  const int decimals = power - last_place;
  const auto part = [&](double number) {
    const double shown = scaled(number, power);
    if (decimals >= 0) return fixed(shown, decimals);
    const double place = std::pow(10.0, -decimals);
    return fixed(std::round(shown / place) * place, 0);
  };
  const auto text = part(value) + " ± " + part(standard_error);
  return power == 0 ? text : "(" + text + ")×" + power_of_ten(power);
}

std::vector<std::string> format_column(const Column& column) {
  std::vector<std::string> cells;
  if (const auto* words = std::get_if<std::vector<std::string>>(&column.values)) {
    for (const auto& word : *words) cells.push_back(word.empty() ? kDash : word);
    return cells;
  }
  const auto& numbers = std::get<std::vector<double>>(column.values);
  if (!column.standard_error.empty()) {
    for (std::size_t row = 0; row < numbers.size(); ++row) {
      const double error = row < column.standard_error.size() ? column.standard_error[row]
                                                              : std::numeric_limits<double>::quiet_NaN();
      cells.push_back(format_measurement(numbers[row], error, column.digits));
    }
    return cells;
  }

  const bool trim = column.role == Role::parameter || column.role == Role::published;
  const int digits = std::clamp(column.digits, 1, kMostDigits);
  bool whole = true;
  int least = std::numeric_limits<int>::max();
  int most = std::numeric_limits<int>::min();
  int needed = 0;
  for (const double number : numbers) {
    if (!std::isfinite(number)) continue;
    whole = whole && is_whole(number);
    if (number == 0) continue;
    least = std::min(least, exponent_of(number, digits));
    most = std::max(most, exponent_of(number, digits));
    if (is_plain(exponent_of(number, digits))) needed = std::max(needed, needed_decimals(number, digits));
  }
  const bool aligned = column.role != Role::parameter && least <= most && most - least <= 1 &&
                       is_plain(least) && is_plain(most);
  for (const double number : numbers) {
    if (std::isfinite(number) && whole) {
      cells.push_back(fixed(number, 0));
    } else if (std::isfinite(number) && aligned) {
      cells.push_back(fixed(number, trim ? needed : std::max(0, digits - 1 - most)));
    } else {
      cells.push_back(number_text(number, digits, trim));
    }
  }
  return cells;
}

std::string format_duration(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) return kDash;
  if (seconds < 59.95) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<long long>(std::llround(seconds));
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  const auto minutes = static_cast<long long>(std::llround(seconds / 60));
  if (minutes < 24 * 60) return fmt::format("{} h {:02} min", minutes / 60, minutes % 60);
  const auto hours = static_cast<long long>(std::llround(seconds / 3600));
  return fmt::format("{} d {:02} h", hours / 24, hours % 24);
}

std::string format_core_hours(double core_hours) {
  if (!std::isfinite(core_hours) || core_hours < 0) return kDash;
  if (core_hours == 0) return "0 core-hours";
  const double seconds = 3600 * core_hours;
  if (seconds < 0.1) return "<0.1 core-seconds";
  if (seconds < 120) return fmt::format("{:.{}f} core-seconds", seconds, seconds < 10 ? 1 : 0);
  if (core_hours < 0.1) return fmt::format("{:.1f} core-minutes", seconds / 60);
  if (core_hours < 10) return fmt::format("{:.2f} core-hours", core_hours);
  return fmt::format("{:.{}f} core-hours", core_hours, core_hours < 1000 ? 1 : 0);
}

std::string count_of(std::size_t count, const std::string& singular) {
  return fmt::format("{} {}{}", count, singular, count == 1 ? "" : "s");
}

std::string sentence(const std::string& text) {
  const bool ended = text.empty() || std::string_view(".?!").find(text.back()) != std::string_view::npos;
  return ended ? text : text + ".";
}

std::string with_unit(const std::string& label, const std::string& unit) {
  return unit.empty() ? label : label + " (" + unit + ")";
}

}  // namespace reprise::reporting
