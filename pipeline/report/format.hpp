#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "pipeline/report/published.hpp"

namespace reprise::reporting {

/// What stands where there is nothing to show.
inline constexpr const char* kDash = "–";

/// `value` with so many significant digits: "0.4123", "1.234×10⁻⁹", "−∞"; a dash for NaN.
std::string format_number(double value, int digits);

/// `value` ± its standard error, the error with two significant digits and the value cut where the error is:
/// "0.4123 ± 0.0021", "(1.234 ± 0.021)×10⁻⁹". Without an error (NaN) as format_number.
std::string format_measurement(double value, double standard_error, int digits);

/// The cells of a column. Whole numbers stay whole; numbers of similar size share their decimals, so that the
/// points line up; parameters and published values show no digits that they don't have.
std::vector<std::string> format_column(const Column& column);

/// "1.5 s", "12 min 30 s", "3 h 05 min", "2 d 04 h".
std::string format_duration(double seconds);

/// "0.42 core-hours", "3.5 core-minutes", "17 core-seconds".
std::string format_core_hours(double core_hours);

/// "1 task", "2 tasks".
std::string count_of(std::size_t count, const std::string& singular);

/// Ten to the power of `exponent` in plain text: "10⁻³".
std::string power_of_ten(int exponent);

/// `value` with so many decimals, with a true minus sign and never a negative zero.
std::string fixed(double value, int decimals);

/// `text` with a full stop at its end, unless it ends in a mark of its own.
std::string sentence(const std::string& text);

/// `label`, and the unit if there is one: "time (s)".
std::string with_unit(const std::string& label, const std::string& unit);

}  // namespace reprise::reporting
