#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kernels/statistics/moments.hpp"
#include "pipeline/report/published.hpp"

namespace reprise {

// Columns of the tables: published | theory at infinite d | theory at finite size | measured +- SE | verdict.

[[nodiscard]] Column parameter(std::string name, std::string label, std::string unit,
                               std::vector<double> values);
[[nodiscard]] Column parameter(std::string name, std::string label, std::vector<std::string> values);
/// Of the paper no number was seen: what it says in words, or '?'.
[[nodiscard]] Column published(std::size_t rows, const std::string& statement = "?");
[[nodiscard]] Column theory(std::string name, std::string label, std::string unit,
                            std::vector<double> values);
[[nodiscard]] Column measured(std::string name, std::string label, std::string unit,
                              const std::vector<Estimate>& values);
/// "agrees (1.2 SE)" within three standard errors of the theory, else "differs (4.1 SE)".
[[nodiscard]] Column verdict(const std::vector<Estimate>& measured, std::span<const double> theory);

/// |measured - theory| in standard errors; NaN when one is missing. Agreement to rounding is 0.
[[nodiscard]] double deviation(const Estimate& measured, double theory);

/// How a set of measured values lies about its theory; missing ones are counted apart.
struct Agreement {
  int values = 0;
  int within_two = 0;
  int within_three = 0;
  int missing = 0;
  double largest = 0.0;  ///< standard errors

  void add(const Estimate& measured, double theory);
};

[[nodiscard]] Series points(std::string label, std::vector<double> x, const std::vector<Estimate>& y,
                            int colour);
[[nodiscard]] Series curve(std::string label, std::vector<double> x, std::vector<double> y, int colour,
                           SeriesStyle style = SeriesStyle::line);

/// Mean and variance with their errors; NaN where there are too few values (tasks failed).
[[nodiscard]] Estimate mean_of(std::span<const double> values);
[[nodiscard]] Estimate variance_of(std::span<const double> values);

/// NaN where there is none.
[[nodiscard]] Estimate or_missing(const std::optional<Estimate>& value);

/// A claim that stays open, and why.
[[nodiscard]] Finding not_tested(std::string claim, std::string why);

/// y / by with its error.
[[nodiscard]] std::vector<Estimate> scaled(std::vector<Estimate> y, double by);
/// x / unit
[[nodiscard]] std::vector<double> in_units_of(std::vector<double> x, double unit);
/// `count` values from `low` to `high`, in geometric or arithmetic steps.
[[nodiscard]] std::vector<double> geometric(double low, double high, int count);
[[nodiscard]] std::vector<double> arithmetic(double low, double high, int count);

/// "0.1234 +- 0.0012"
[[nodiscard]] std::string show(const Estimate& value, int digits = 4);

}  // namespace reprise
