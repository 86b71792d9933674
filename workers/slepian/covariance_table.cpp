#include "workers/slepian/covariance_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <numbers>

#include "kernels/data/bytes.hpp"
#include "kernels/data/csv.hpp"
#include "kernels/numerics/fourier.hpp"

namespace reprise::slepian {
namespace {

constexpr std::size_t kLeastRows = 32;

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& what) {
  throw DataError(file, what);
}

}  // namespace

SpectralDefect spectral_defect(double step, std::span<const double> values) {
  const std::size_t length = std::bit_ceil(2 * values.size());
  std::vector<std::complex<double>> circle(length);
  for (std::size_t k = 0; k < values.size(); ++k) {
    circle[k] = values[k];
    if (k > 0) circle[length - k] = values[k];
  }
  FourierTransform(length).forward(circle);
  double negative = 0.0, all = 0.0, least = 0.0;
  SpectralDefect defect;
  for (std::size_t k = 0; k <= length / 2; ++k) {
    const double power = circle[k].real();
    all += std::abs(power);
    negative += std::max(-power, 0.0);
    if (power < least) {
      least = power;
      defect.frequency =
          2.0 * std::numbers::pi * static_cast<double>(k) / (static_cast<double>(length) * step);
    }
  }
  defect.share = negative / all;
  return defect;
}

std::string covariance_problem(double step, std::span<const double> values) {
  constexpr double kCoarse = 0.05, kEnd = 1e-3, kDifferentiable = 1.0;
  if (values.size() < kLeastRows)
    return fmt::format("a table needs at least {} rows; this has {}", kLeastRows, values.size());
  for (std::size_t k = 1; k < values.size(); ++k) {
    if (std::abs(values[k]) > 1.0 + 1e-12)
      return fmt::format("the value at lag {:g} is larger than that at lag 0, which no covariance is",
                         step * static_cast<double>(k));
  }
  const double first = 1.0 - values[1], second = 1.0 - values[2], fourth = 1.0 - values[4];
  if (first <= 0.0 || second <= first)
    return "the covariance doesn't fall from lag 0: give more digits, or a larger step";
  if (first > kCoarse)
    return fmt::format(
        "sampled too coarsely: r falls from 1 to {:.4g} in the first step; it should lose less than {:g}",
        values[1], kCoarse);
  // 1 - r ~ t^(2 nu): nu is at least 1 where paths have a derivative. Two pairs of lags, extrapolated to lag
  // 0.
  const double near = 0.5 * std::log2(second / first), far = 0.5 * std::log2(fourth / second);
  const double smoothness = near + std::max(near - far, 0.0);
  if (smoothness < kDifferentiable - 0.05)
    return fmt::format(
        "not differentiable at lag 0: there 1 - r goes like t^{:.2f}, and paths have a derivative, as "
        "excursions need, only where it goes like t^2; if it does, sample it more finely",
        2.0 * near);
  if (std::abs(values.back()) > kEnd)
    return fmt::format("the table ends at lag {:g}, where r is still {:.3g}: go on until it is below {:g}",
                       step * static_cast<double>(values.size() - 1), values.back(), kEnd);
  const SpectralDefect defect = spectral_defect(step, values);
  if (defect.share > kLargestDefect)
    return fmt::format(
        "not positive definite: {:.2g} % of its spectrum is negative, most at angular frequency {:.3g}; an "
        "estimated covariance can be tapered (multiplied by a falling covariance)",
        100.0 * defect.share, defect.frequency);
  return {};
}

Model read_covariance(const std::filesystem::path& file) {
  const NumberTable table = read_csv(file);
  if (table.columns != 2)
    refuse(file, fmt::format("a covariance has two columns, lag and value; this has {}", table.columns));
  if (table.rows < kLeastRows)
    refuse(file, fmt::format("a table needs at least {} rows; this has {}", kLeastRows, table.rows));
  const double scale = table.values[1];
  Model model;
  model.family = Family::table;
  model.step = table.values[2];
  if (table.values[0] != 0.0) refuse(file, fmt::format("the first lag must be 0, not {:g}", table.values[0]));
  if (!(scale > 0.0)) refuse(file, "the value at lag 0, the variance, must be greater than 0");
  for (std::size_t k = 0; k < table.rows; ++k) {
    const double lag = table.values[2 * k], value = table.values[2 * k + 1];
    if (!std::isfinite(lag) || !std::isfinite(value))
      refuse(file, fmt::format("row {}: not a finite number", k + 1));
    if (!(model.step > 0.0) || std::abs(lag - model.step * static_cast<double>(k)) > 1e-3 * model.step)
      refuse(file, fmt::format("row {}: lag {:g}; lags must be 0, h, 2h, ... with one step h", k + 1, lag));
    model.values.push_back(value / scale);
  }
  const std::string problem = covariance_problem(model.step, model.values);
  if (!problem.empty()) refuse(file, problem);
  return model;
}

}  // namespace reprise::slepian
