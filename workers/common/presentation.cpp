#include "workers/common/presentation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace reprise {

Column parameter(std::string name, std::string label, std::string unit, std::vector<double> values) {
  return {std::move(name), std::move(label), std::move(unit), Role::parameter, std::move(values)};
}

Column parameter(std::string name, std::string label, std::vector<std::string> values) {
  return {std::move(name), std::move(label), "", Role::parameter, std::move(values)};
}

Column published(std::size_t rows, const std::string& statement) {
  return {"published", "published", "", Role::published, std::vector<std::string>(rows, statement)};
}

Column theory(std::string name, std::string label, std::string unit, std::vector<double> values) {
  return {std::move(name), std::move(label), std::move(unit), Role::theory, std::move(values)};
}

Column measured(std::string name, std::string label, std::string unit, const std::vector<Estimate>& values) {
  std::vector<double> value;
  std::vector<double> error;
  for (const Estimate& each : values) {
    value.push_back(each.value);
    error.push_back(each.standard_error);
  }
  return {std::move(name), std::move(label), std::move(unit),
          Role::measured,  std::move(value), std::move(error)};
}

Column verdict(const std::vector<Estimate>& values, std::span<const double> theory) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double sigmas = deviation(values[i], theory[i]);
    words.push_back(std::isnan(sigmas)
                        ? "missing"
                        : fmt::format("{} ({:.1f} SE)", sigmas <= 3.0 ? "agrees" : "differs", sigmas));
  }
  return {"verdict", "finite size theory", "", Role::verdict, std::move(words)};
}

double deviation(const Estimate& measured, double theory) {
  constexpr double kRounding = 1e-6;  // of values stored in single precision
  const double gap = std::abs(measured.value - theory);
  if (gap < kRounding * std::max(1.0, std::abs(theory))) return 0.0;
  return gap / measured.standard_error;
}

void Agreement::add(const Estimate& measured, double theory) {
  const double sigmas = deviation(measured, theory);
  if (std::isnan(sigmas)) {
    ++missing;
    return;
  }
  ++values;
  within_two += sigmas <= 2.0 ? 1 : 0;
  within_three += sigmas <= 3.0 ? 1 : 0;
  largest = std::max(largest, sigmas);
}

Series points(std::string label, std::vector<double> x, const std::vector<Estimate>& y, int colour) {
  Series series{std::move(label), SeriesStyle::error_bars, std::move(x), {}};
  for (const Estimate& each : y) {
    series.y.push_back(each.value);
    series.error.push_back(each.standard_error);
  }
  series.colour = colour;
  return series;
}

Series curve(std::string label, std::vector<double> x, std::vector<double> y, int colour, SeriesStyle style) {
  Series series{std::move(label), style, std::move(x), std::move(y)};
  series.colour = colour;
  return series;
}

Estimate mean_of(std::span<const double> values) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  return values.empty() ? Estimate{kNone, kNone} : mean_with_error(values);
}

Estimate variance_of(std::span<const double> values) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  return values.size() < 4 ? Estimate{kNone, kNone} : variance_with_error(values);
}

Estimate or_missing(const std::optional<Estimate>& value) {
  return value.value_or(Estimate{NAN, NAN});
}

Finding not_tested(std::string claim, std::string why) {
  Finding finding{std::move(claim)};
  finding.remark = std::move(why);
  return finding;
}

std::vector<Estimate> scaled(std::vector<Estimate> y, double by) {
  for (Estimate& each : y) each = {each.value / by, each.standard_error / std::abs(by)};
  return y;
}

std::vector<double> in_units_of(std::vector<double> x, double unit) {
  for (double& value : x) value /= unit;
  return x;
}

std::vector<double> geometric(double low, double high, int count) {
  std::vector<double> values;
  for (int i = 0; i < count; ++i)
    values.push_back(low * std::pow(high / low, static_cast<double>(i) / (count - 1)));
  return values;
}

std::vector<double> arithmetic(double low, double high, int count) {
  std::vector<double> values;
  for (int i = 0; i < count; ++i) values.push_back(low + (high - low) * i / (count - 1));
  return values;
}

std::string show(const Estimate& value, int digits) {
  return fmt::format("{:.{}g} ± {:.2g}", value.value, digits, value.standard_error);
}

}  // namespace reprise
